"""The step `transfer`: people are dialled, and every end has a way on."""

from __future__ import annotations

import pytest

from ivr.engine.inputs import DialEnded, Resumed
from ivr.engine.verbs import Dial, Hangup
from tests.engine.fixtures import LINE, Bank

TRANSFER = """
  start: {transfer: {desk: general, priority: vip}, next: after, on_busy: full, otherwise: sorry}
  after: {hangup: 谢谢。}
  full: {hangup: 占线。}
  sorry: {hangup: 抱歉。}
"""


@pytest.mark.parametrize(
    ("status", "heard"),
    [
        ("completed", "谢谢。"),
        ("busy", "占线。"),
        ("no-answer", "抱歉。"),
        ("failed", "抱歉。"),
        ("canceled", "抱歉。"),
    ],
)
def test_every_end_of_a_transfer_has_a_way_on(phone, status, heard):
    call = phone(TRANSFER)
    assert (call.closing.number, call.closing.timeout) == ("+861000000001", 30)
    assert (call.call.transfer.desk, call.call.transfer.priority) == ("general", "vip")
    assert call.give(DialEnded(status)).heard == heard


def test_a_transfer_without_a_way_on_ends_the_call_after_the_conversation(phone):
    call = phone("  start: {transfer: general, otherwise: bye}").give(DialEnded("completed", 60))
    assert (call.closing, call.call.ended) == (Hangup(()), "completed")


def test_the_desk_is_dialled_again_when_a_request_comes_late(phone):
    assert isinstance(phone(TRANSFER).give(Resumed()).closing, Dial)


COMPUTED = """
  start: {lookup: {from: bank.adviser, as: adviser, on_error: sorry}, next: connect}
  connect: {transfer: WANTED, next: after, otherwise: sorry}
  after: {hangup: 谢谢。}
  sorry: {hangup: 抱歉。}
"""
DIAL_OUT = LINE + 'dial_out: "+8613"\n'
MOBILE = "+8613800000009"


def adviser(**values: object) -> Bank:
    return Bank({"bank.adviser": values})


def test_a_value_names_the_desk(phone):
    call = phone(COMPUTED.replace("WANTED", "adviser.desk"), bank=adviser(desk="vip"))
    assert (call.closing.number, call.call.transfer.desk) == ("+861000000002", "vip")


@pytest.mark.parametrize("values", [{"desk": "nowhere"}, {"desk": None}, {}])
def test_a_value_that_names_no_desk_leads_to_otherwise(phone, values):
    call = phone(COMPUTED.replace("WANTED", "adviser.desk"), bank=adviser(**values))
    assert call.heard == "抱歉。"
    assert [event["step"] for event in call.events("no_destination")] == ["connect"]


def test_a_value_holds_the_number_that_is_dialled(phone):
    steps = COMPUTED.replace("WANTED", "{number: adviser.mobile}")
    call = phone(steps, line=DIAL_OUT, bank=adviser(mobile=MOBILE))
    assert call.closing.number == MOBILE
    assert call.give(Resumed()).closing.number == MOBILE  # the carrier asks again what to do
    assert call.give(DialEnded("no-answer")).heard == "抱歉。"
    assert MOBILE not in str(call.events("dialled"))


@pytest.mark.parametrize("number", ["+12125550100", "anonymous", "", None, "8613800000009"])
def test_a_number_that_may_not_be_dialled_leads_to_otherwise(phone, number):
    steps = COMPUTED.replace("WANTED", "{number: adviser.mobile}")
    assert phone(steps, line=DIAL_OUT, bank=adviser(mobile=number)).heard == "抱歉。"
