"""The step `sms`: an answer is written as on a screen, and goes only where it may."""

from __future__ import annotations

import pytest

from ivr.errors import LookupFailed
from tests.engine.fixtures import Bank

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
