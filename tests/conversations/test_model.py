"""A conversation as data: where it calls, and whether its bank is at fault."""

from __future__ import annotations

from dataclasses import replace

from ivr.conversations.model import Bank, Conversation, ConversationTurn
from ivr.diagnostics.problem import Place

PLACE = Place("c.yaml", 1, 1)
TURN = ConversationTurn(PLACE)
CALL = Conversation(PLACE, "c", "main_menu", (TURN,))


def test_a_call_goes_to_its_flow_or_to_where_the_number_leads() -> None:
    assert CALL.path == "/twilio/voice/main_menu"
    assert replace(CALL, flow="").path == "/twilio/voice"


def test_a_bank_at_fault_at_any_time_of_the_call_is_noticed() -> None:
    assert not CALL.faulty_bank
    assert replace(CALL, bank=Bank(slow_ms=1)).faulty_bank
    assert replace(CALL, turns=(TURN, replace(TURN, bank=Bank(gone=True)))).faulty_bank


def test_what_is_pressed_or_said_is_not_shown() -> None:
    assert "135790" not in repr(replace(TURN, press="135790", say="135790"))
