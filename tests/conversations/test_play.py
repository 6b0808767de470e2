"""A conversation that needs the flows says so where they are not at hand. All else is in test_runner.py."""

from __future__ import annotations

from ivr.carrier.clock import VirtualClock
from ivr.carrier.transport import WsgiTransport
from ivr.conversations.play import play_conversation
from ivr.conversations.reader import read_conversation_text
from tests.conversations.test_runner import PAGES


def played(phone, turn: str):
    (conversation,) = read_conversation_text(f"conversation: c\nflow: main\nturns:\n  - {turn}\n", "c.yaml")
    phone.server.pages = {"/twilio/status": "", **PAGES}
    return play_conversation(
        conversation, WsgiTransport(phone.server), VirtualClock(1e9), base_url="http://h:1", token="a token"
    )


def test_a_choice_by_meaning_fails_and_prompts_and_steps_are_counted_as_unchecked(phone):
    assert "needs the flows" in played(phone, "{choose: balance}").failures[0].message
    unchecked = played(phone, '{at: main, hear: {step: main}, press: "1"}')
    assert unchecked.passed
    assert len(unchecked.unchecked) == 2
