"""Steps that use services of our own: text messages, tickets, surveys."""

from __future__ import annotations

import pytest

from ivr.engine.verbs import Dial
from ivr.errors import LookupFailed

from .fixtures import Bank

SMS = """
  start: {set: {money: '"12345.67"', day: '"2026-11-20"'}, next: send}
  send: {sms: "余额{money|amount}，{day|date}。", next: sent, on_error: not_sent}
  sent: {hangup: 发了。}
  not_sent: {hangup: 没发。}
"""


def test_an_answer_is_sent_as_it_is_read_on_a_screen(phone):
    bank = Bank({"sms.send": {"id": "1"}})
    assert phone(SMS, bank=bank).heard == "发了。"
    (question,) = [question for source, question, _ in bank.asked if source == "sms.send"]
    assert question == {"number": "+8613800000001", "text": "余额12,345.67元，2026-11-20。", "purpose": "send"}


def test_a_message_that_cannot_be_sent_has_its_own_way(phone):
    assert phone(SMS, bank=Bank({"sms.send": LookupFailed("too many")})).heard == "没发。"


def test_a_list_is_sent_with_a_line_for_each_item_below_a_heading(phone):
    steps = """
  start: {lookup: {from: bank.transactions, as: recent, on_error: not_sent}, next: send}
  send: {sms: "{item.text|text}{item.amount|amount}。", each: recent.items, most: 2, heading: 交易：, next: sent,
    on_error: not_sent}
  sent: {hangup: 发了。}
  not_sent: {hangup: 没发。}
"""
    items = [{"text": "工资", "amount": "8600.00"}, {"text": "房租", "amount": "2500"}, {"text": "水费", "amount": "9"}]
    bank = Bank({"sms.send": {"id": "1"}, "bank.transactions": {"items": items}})
    assert phone(steps, bank=bank).heard == "发了。"
    (question,) = [question for source, question, _ in bank.asked if source == "sms.send"]
    assert question["text"] == "交易：\n工资8,600.00元。\n房租2,500.00元。"


@pytest.mark.parametrize("caller", ["anonymous", "sip:alice@example.com", ""])
def test_a_caller_without_a_number_gets_no_message(phone, caller):
    bank = Bank({"sms.send": {"id": "1"}})
    assert phone(SMS, bank=bank, caller=caller).heard == "没发。"
    assert not [source for source, *_ in bank.asked if source == "sms.send"]


def test_a_value_that_cannot_be_written_is_not_sent_with_a_hole_in_it(phone):
    bank = Bank({"sms.send": {"id": "1"}})
    assert phone(SMS.replace("12345.67", "a lot"), bank=bank).heard == "没发。"
    assert not [source for source, _, _ in bank.asked if source == "sms.send"]


def test_a_verified_caller_s_answer_goes_to_the_telephone_on_file(phone):
    steps = SMS.replace("send: {sms", "send: {requires: L1, sms")
    answers = {
        "sms.send": {"id": "1"},
        "bank.caller": {},
        "bank.verify": {"verified": True, "customer": "C1"},
        "bank.phone": {"number": "+8613800009999"},
    }
    bank = Bank(answers)
    phone(steps, bank=bank).press("0128").press("135790")
    (question,) = [question for source, question, _ in bank.asked if source == "sms.send"]
    assert question["number"] == "+8613800009999"


TICKET = """
  start: {message: 请讲。, as: words, next: open_it}
  open_it: {ticket: {kind: channel, severity: grave, recording: words.url}, as: complaint, next: tell, on_error: sorry}
  tell: {hangup: "编号{complaint.ticket|code}，{complaint.first_reply_hours|count:小时}内答复。"}
  sorry: {hangup: 抱歉。}
"""


def test_a_complaint_becomes_a_ticket_with_a_promised_time(phone):
    from ivr.engine.inputs import Recorded

    bank = Bank({"tickets.open": {"ticket": "T123", "first_reply_hours": 24, "repeat": False}})
    call = phone(TICKET, bank=bank).give(Recorded("https://carrier/r1", 9.0))
    assert call.heard == "编号提 幺二三，二十四小时内答复。"
    (question,) = [question for source, question, _ in bank.asked if source == "tickets.open"]
    assert question == {
        "number": "+8613800000001",
        "kind": "channel",
        "severity": "grave",
        "call": "CA1",
        "recording": "https://carrier/r1",
    }


def test_a_ticket_that_cannot_be_opened_has_its_own_way(phone):
    steps = "  start: {ticket: service, as: t, next: bye, on_error: sorry}\n  sorry: {hangup: 抱歉。}\n"
    assert phone(steps, bank=Bank({"tickets.open": LookupFailed("gone")})).heard == "抱歉。"


def test_a_ticket_takes_its_kind_from_what_a_menu_kept(phone):
    steps = """
  start: {as: about, menu: [{label: 产品, goto: open_it, value: product}, {label: 服务, goto: open_it, value: service}]}
  open_it: {ticket: {kind: about, severity: '"grave"'}, as: t, next: bye, on_error: bye}
"""
    bank = Bank({"tickets.open": {"ticket": "T123"}})
    phone(steps, bank=bank).press("2")
    (question,) = [question for source, question, _ in bank.asked if source == "tickets.open"]
    assert (question["kind"], question["severity"]) == ("service", "grave")


def test_a_menu_forgets_what_it_kept_when_a_choice_without_a_value_is_taken(phone):
    steps = """
  start: {as: about, menu: [{label: 产品, goto: back, value: product}, {label: 别的, goto: back}]}
  back: {branch: [{when: about == "product", goto: start}, {when: about == none, goto: nothing}, {goto: bye}]}
  nothing: {hangup: 没有。}
"""
    call = phone(steps).press("1")
    assert call.press("2").heard == "没有。"


SURVEY = """
  start: {survey: [satisfaction, recommend], next: done}
  done: {hangup: 谢谢。}
"""


def answers_given(bank):
    return [(q["satisfaction"], q["recommend"]) for source, q, _ in bank.asked if source == "survey.answer"]


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
    call = phone(steps, bank=bank).press("1")
    assert call.events("reason")[0]["reason"] == "balance"
    call.press("4")
    asked = {source: question for source, question, _ in bank.asked}
    assert asked["survey.answer"]["reason"] == "balance"
    assert asked["memory.keep"]["reason"] == "balance"
