"""The step `callback`: a call back is promised to who can be reached, with the place that was waited for."""

from __future__ import annotations

from typing import Any

import pytest

from ivr.engine.inputs import Digits
from ivr.errors import FlowError, LookupFailed
from tests.engine.fixtures import LINE, Bank

STEPS = """
  start: {callback: segment, as: promise, next: tell, on_error: sorry}
  tell: {hangup: "{promise.by|datetime:short}前给您回电，编号{promise.reference|code}。"}
  sorry: {hangup: 抱歉。}
"""
PROMISE = {"by": "2026-11-23T10:45", "reference": "4711"}
WAIT = {"state": "wait", "position": 3, "minutes": 9, "due": True, "call_back": True}


def asked_of(bank: Bank) -> dict[str, Any]:
    (question,) = [dict(question) for source, question, _ in bank.asked if source == "queue.call_back"]
    return question


def test_a_call_back_is_promised_by_a_time_and_under_a_number(phone):
    call = phone(STEPS, bank=Bank({"queue.call_back": PROMISE}))
    assert call.heard == "十一月二十三日上午十点四十五分前给您回电，编号四七幺幺。"
    assert call.events("call_back") == [{"flow": "test", "step": "start", **PROMISE}]


def test_the_number_that_calls_is_rung_for_the_desk_of_its_segment(phone):
    bank = Bank({"queue.call_back": PROMISE})
    phone(STEPS, bank=bank)
    asked = asked_of(bank)
    assert (asked["number"], asked["desk"], asked["priority"]) == ("+8613800000001", "general", "normal")


def test_who_waited_keeps_desk_and_priority(phone):
    steps = """
  start: {transfer: {desk: vip, priority: vip}, choices: [{key: 1, label: 回电, goto: back}], otherwise: bye}
"""
    bank = Bank({"queue.enter": WAIT, "queue.leave": {}, "queue.call_back": PROMISE})
    line = LINE.replace("timeout: 20s", "timeout: 20s, overflow: general")
    phone(steps + STEPS.replace("start:", "back:"), bank=bank, line=line).give(Digits("1"))
    asked = asked_of(bank)
    assert (asked["desk"], asked["priority"]) == ("vip", "vip")


def test_a_number_that_is_not_shown_gets_a_promise_only_with_a_message(phone):
    assert phone(STEPS, bank=Bank({"queue.call_back": PROMISE}), caller="anonymous").heard == "抱歉。"
    words = "  start: {set: {words: '\"https://api.invalid/R\"'}, next: back}\n"
    steps = words + STEPS.replace("start: {callback: segment", "back: {callback: {message: words}")
    bank = Bank({"queue.call_back": PROMISE})
    assert phone(steps, bank=bank, caller="anonymous").heard.startswith("十一月二十三日")
    assert asked_of(bank)["message"] == "https://api.invalid/R"


def test_a_promise_that_cannot_be_made_has_its_own_way(phone):
    assert phone(STEPS, bank=Bank({"queue.call_back": LookupFailed("full")})).heard == "抱歉。"


def test_a_desk_that_line_yaml_does_not_have_is_refused(phone):
    with pytest.raises(FlowError, match='"generl" is no desk'):
        phone(STEPS.replace("callback: segment", "callback: generl"))
