"""The step `survey`: answers by key, a refusal that costs nothing, and a call back for the unhappy."""

from __future__ import annotations

import pytest

from ivr.engine.verbs import Dial
from ivr.errors import LookupFailed
from tests.engine.fixtures import Bank

SURVEY = """
  start: {survey: [satisfaction, recommend], next: done}
  done: {hangup: 谢谢。}
"""


def answers_given(bank):
    return [(q.get("satisfaction"), q.get("recommend")) for source, q, _ in bank.asked if source == "survey.answer"]


def test_both_questions_are_asked_and_ten_can_be_typed(phone):
    bank = Bank({"survey.answer": {"detractor": False}})
    call = phone(SURVEY, bank=bank)
    assert call.closing.keys.most == 1
    assert call.press("5").closing.keys.most == 3
    assert call.press("10").heard == "谢谢。"
    assert answers_given(bank) == [(5, 10)]


@pytest.mark.parametrize("refusal", ["7", "9", "*"])
def test_a_refusal_ends_it_without_a_word(phone, refusal):
    bank = Bank()
    assert phone(SURVEY, bank=bank).press(refusal).heard == "谢谢。"
    assert answers_given(bank) == []
    assert phone(SURVEY, bank=bank).stay_silent().heard == "谢谢。"


@pytest.mark.parametrize("typed", ["0051234", "1000", "11"])
def test_a_long_number_that_begins_as_one_of_the_scale_is_no_answer(phone, typed):
    bank = Bank({"survey.answer": {"detractor": False}})
    assert phone(SURVEY, bank=bank).press("5").press(typed).heard == "谢谢。"
    assert answers_given(bank) == [(5, None)]


def test_0_leads_to_a_person_where_it_is_no_answer_and_star_0_where_it_is_one(phone):
    bank = Bank({"survey.answer": {"detractor": True}})
    assert isinstance(phone(SURVEY, bank=bank).press("0").closing, Dial)
    assert answers_given(bank) == []
    assert isinstance(phone(SURVEY, bank=bank).press("2").press("*0#").closing, Dial)
    assert answers_given(bank) == [(2, None)]
    assert phone(SURVEY, bank=bank).press("2").press("0#").heard == "谢谢。"


def test_half_an_answer_is_kept(phone):
    bank = Bank({"survey.answer": {"detractor": True}})
    assert phone(SURVEY, bank=bank).press("1").stay_silent().heard == "谢谢。"
    assert answers_given(bank) == [(1, None)]


def test_a_store_that_is_gone_does_not_show(phone):
    assert phone(SURVEY, bank=Bank({"survey.answer": LookupFailed("gone")})).press("3").press("8").heard == "谢谢。"


PROMISED = """
  start: {survey: satisfaction, as: survey, next: done, unhappy: promise}
  done: {hangup: 谢谢。}
  promise: {hangup: "{survey.call_back_by|datetime:short}前给您回电。"}
"""


def test_who_is_unhappy_hears_by_when_somebody_calls_back(phone):
    bank = Bank({"survey.answer": {"detractor": True, "callback_by": "2026-11-24T10:05:00+08:00"}})
    assert phone(PROMISED, bank=bank).press("1").heard == "十一月二十四日上午十点零五分前给您回电。"


def test_no_call_back_is_promised_that_nobody_can_keep(phone):
    kept = {"survey.answer": {"detractor": True, "callback_by": "2026-11-24T10:05:00+08:00"}}
    assert phone(PROMISED, bank=Bank(kept), caller="anonymous").press("1").heard == "谢谢。"
    assert phone(PROMISED, bank=Bank({"survey.answer": LookupFailed("gone")})).press("1").heard == "谢谢。"
    assert phone(PROMISED, bank=Bank({"survey.answer": {"detractor": False}})).press("5").heard == "谢谢。"
    assert phone(PROMISED, bank=Bank(kept)).stay_silent().heard == "谢谢。"


def test_what_a_call_is_about_is_noted_and_told_to_the_survey(phone):
    steps = """
  start: {menu: [{label: 余额, goto: ask, reason: balance}]}
  ask: {survey: satisfaction, next: done}
  done: {hangup: 谢谢。}
"""
    bank = Bank({"survey.answer": {"detractor": False}})
    call = phone(steps, bank=bank, attestation="A").press("1")
    assert call.events("reason")[0]["reason"] == "balance"
    call.press("4")
    asked = {source: question for source, question, _ in bank.asked}
    assert asked["survey.answer"]["reason"] == "balance"
    assert asked["memory.keep"]["reason"] == "balance"
