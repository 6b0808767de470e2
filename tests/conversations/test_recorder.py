"""A call is kept as a conversation that can be played, unless a real caller may have typed a secret in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivr.carrier.carrier_options import CallResult
from ivr.carrier.terminal.notes import Notes
from ivr.conversations.reader import read_conversation_text
from ivr.conversations.recorder import NotKept, keep, saving_to

DEMO, REAL = "+8613800000001", "+8613912345678"


def notes_of(*keys: str) -> Notes:
    notes = Notes()
    for pressed in keys:
        notes.heard.append("请按键。")
        notes.did(press=pressed)
    return notes


def test_a_kept_call_reads_as_a_conversation(tmp_path: Path) -> None:
    file = tmp_path / "new" / "asks_for_the_balance.yaml"
    assert keep(notes_of("1", "0128"), file, caller=DEMO, flow="main_menu") is False
    [conversation] = read_conversation_text(file.read_text("utf-8"), "c.yaml")
    assert (conversation.title, conversation.flow, conversation.caller) == ("asks for the balance", "main_menu", DEMO)
    assert [turn.press for turn in conversation.turns] == ["1", "0128"]


def test_long_numbers_are_kept_of_demo_customers_only(tmp_path: Path) -> None:
    file = tmp_path / "c.yaml"
    assert keep(notes_of("135790"), file, caller=DEMO, flow="main_menu") is True
    with pytest.raises(NotKept, match="could be a real PIN or card"):
        keep(notes_of("135790"), tmp_path / "real.yaml", caller=REAL, flow="main_menu")
    assert not (tmp_path / "real.yaml").exists()


def test_a_call_in_which_nothing_happened_is_not_kept(tmp_path: Path) -> None:
    with pytest.raises(NotKept, match="nothing was heard"):
        keep(Notes(), tmp_path / "c.yaml", caller=DEMO, flow="main_menu")


def test_a_caller_who_hung_up_does_so_in_the_conversation_and_a_refusal_is_a_sentence(tmp_path: Path) -> None:
    result = CallResult("CA1", "caller", "completed", 9.0, 1)
    told = saving_to(tmp_path / "c.yaml", caller=DEMO, flow="main_menu")(notes_of("1"), result)
    assert "ivr test" in told
    [conversation] = read_conversation_text((tmp_path / "c.yaml").read_text("utf-8"), "c.yaml")
    assert conversation.turns[-1].act == "hang_up"
    refused = saving_to(tmp_path / "d.yaml", caller=REAL, flow="main_menu")(notes_of("135790"), result)
    assert refused.startswith("This call is not kept")
