"""The step `message`: what the caller leaves is recorded, or asked for once more."""

from __future__ import annotations

from ivr.engine.inputs import NoInput, Recorded
from ivr.engine.verbs import Dial, Record

MESSAGE = """
  start: {message: 请留言。, as: note, next: got, on_failure: bye}
  got: {say: "{note.seconds|duration}的留言。", next: bye}
"""


def test_a_message_is_kept_and_the_call_goes_on(phone):
    call = phone(MESSAGE)
    assert isinstance(call.closing, Record)
    call.give(Recorded("https://carrier/r1", 8.0))
    assert call.events("message")[0]["url"] == "https://carrier/r1"
    assert call.call.ended


def test_nothing_recorded_asks_once_more_and_then_gives_up(phone):
    call = phone(MESSAGE).give(NoInput())
    assert call.heard == "没有录到您的留言。请留言。"
    assert call.give(Recorded("", 0)).heard == "再见。"


def test_zero_in_a_message_leads_to_a_person(phone):
    assert isinstance(phone(MESSAGE).give(Recorded("https://carrier/r1", 3.0, "0")).closing, Dial)
