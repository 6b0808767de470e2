"""A call as data: what is secret stays out of logs, and live calls of older versions are read."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from ivr.engine.call import Call, CallerRecord, Frame

CALL = Call("CA1", "r", "zh-CN", "+861", "+862", 0.0, (Frame("menu", "a"), Frame("sub", "b", {"pin": "135790"})))


def test_the_last_frame_is_the_active_one() -> None:
    assert CALL.frame.flow == "sub"


def test_a_call_in_a_log_shows_its_id_and_turn_only() -> None:
    assert repr(CALL) == "Call('CA1', turn=0)"
    assert "135790" not in f"{CALL}"


def test_defaults_are_not_stored_and_the_names_of_live_calls_are_kept() -> None:
    stored = msgspec.json.decode(
        msgspec.json.encode(Frame("menu", "a", scratch={"n": 1}, history=("a",), replayable=("a",)))
    )
    assert stored == {"flow": "menu", "step": "a", "memo": {"n": 1}, "trail": ["a"], "told": ["a"]}
    assert msgspec.convert(stored, Frame).scratch == {"n": 1}


def test_a_change_of_the_caller_leaves_what_the_bank_gave_besides() -> None:
    caller = {"known": False, "name": None, "vip_since": 2001, "risk": False}
    record = CallerRecord.read(caller)
    assert (record.known, record.name, record.desk) == (False, "", "")
    assert replace(record, risk=True).merged_into(caller) == {**caller, "risk": True}
