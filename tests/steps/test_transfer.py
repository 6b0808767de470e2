"""The step `transfer`: people are dialled, and every end has a way on."""

from __future__ import annotations

import pytest

from ivr.engine.inputs import DialEnded, Resumed
from ivr.engine.verbs import Dial, Hangup

TRANSFER = """
  start: {transfer: {desk: vip, priority: vip}, next: after, on_busy: full, otherwise: sorry}
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
    assert (call.closing.number, call.closing.timeout) == ("+861000000002", 20)
    assert (call.call.transfer.desk, call.call.transfer.priority) == ("vip", "vip")
    assert call.give(DialEnded(status)).heard == heard


def test_a_transfer_without_a_way_on_ends_the_call_after_the_conversation(phone):
    call = phone("  start: {transfer: general, otherwise: bye}").give(DialEnded("completed", 60))
    assert (call.closing, call.call.ended) == (Hangup(()), "completed")


def test_the_desk_is_dialled_again_when_a_request_comes_late(phone):
    assert isinstance(phone(TRANSFER).give(Resumed()).closing, Dial)
