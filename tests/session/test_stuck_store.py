"""A store that another process keeps locked: every turn ends within its budget, health answers, nothing is lost."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ivr.app import Ivr, build
from ivr.engine.inputs import CallStarted, Digits
from ivr.engine.ports import Incoming
from ivr.errors import StoreError
from ivr.flow.model import Release
from ivr.session import session
from ivr.settings import Settings

FLOWS = Path(__file__).parents[2] / "flows"
NUMBER = "+8613800000001"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "ivr.db"


@pytest.fixture
def ivr(file: Path, monkeypatch: pytest.MonkeyPatch, shipped: Release):
    monkeypatch.setattr(session, "REQUEST_SECONDS", 0.5)
    running = build(Settings(store=f"sqlite:///{file}", flows=FLOWS), lookup=lambda *_, **__: {}, release=shipped)
    yield running
    running.close()


def ask(ivr: Ivr, call: int, turn: int | None, what: CallStarted | Digits, key: str) -> str:
    incoming = Incoming(f"CA{call}", turn, what, f"{call} {key}", NUMBER, "+861000")
    return ivr.session.answer(ivr.channels["twilio"], incoming).decode()


def test_turns_end_while_the_lock_lasts_and_the_same_request_is_taken_afterwards(ivr: Ivr, file: Path) -> None:
    line = CallStarted(NUMBER, "+861000")
    for call in range(12):
        ask(ivr, call, None, line, "arrival")
    other = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")  # until every turn has ended: one without a bound would wait for ever

    def press(call: int) -> str:
        try:
            return ask(ivr, call, 1, Digits("4"), "press")
        except StoreError as fault:
            return str(fault)

    with ThreadPoolExecutor(12) as pool:
        faults = list(pool.map(press, range(12)))
    assert all("locked for too long" in fault or "held this call" in fault for fault in faults), faults
    (store_state, _) = ivr.ready()
    assert store_state[:2] == ("store", False)
    other.execute("ROLLBACK")
    other.close()
    for call in range(12):
        assert "<Gather" in ask(ivr, call, 1, Digits("4"), "press")
        assert ivr.session.facts(f"CA{call}")["turn"] == 2
    assert ivr.ready()[0][:2] == ("store", True)
