"""A call at the terminal as turns that can be kept as a conversation."""

from __future__ import annotations

from ivr.carrier.terminal.notes import Notes


def test_what_was_heard_stands_before_the_act_that_followed() -> None:
    notes = Notes()
    notes.heard += ["您好。"]
    notes.did(press="1")
    notes.heard += ["余额。", "再见。"]
    notes.did(hang_up=True)
    assert notes.turns == [{"hear": "您好。", "press": "1"}, {"hear": ["余额。", "再见。"], "hang_up": True}]


def test_an_end_without_anything_heard_makes_no_turn() -> None:
    notes = Notes()
    notes.did()
    assert notes.turns == []


def test_six_digits_in_one_turn_may_be_a_pin() -> None:
    notes = Notes()
    notes.did(press="12345#*")
    assert not notes.many_digits
    notes.did(press="135790#")
    assert notes.many_digits
