"""A turn is a function of the call, the input, the time and the answers: replayed from the journal, it is the same."""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from ivr.app import Ivr, build
from ivr.crypto import Seal
from ivr.engine.engine import Engine
from ivr.engine.inputs import CallStarted, DialEnded, Digits, HungUp, Input, NoInput, Recorded, Speech
from ivr.engine.journal import journal_rows
from ivr.engine.ports import Incoming
from ivr.engine.verbs import Closing, Dial, Hangup, Record
from ivr.errors import StoreError
from ivr.flow.loader import reload
from ivr.flow.model import Release
from ivr.session.replay import Replayed, elsewhere, replay
from ivr.session.session import Session
from ivr.session.step_registry import catalogue
from ivr.session.turn_records import TURN_ROW, read_record
from ivr.settings import Settings

from .bank import Bank

FLOWS = Path(__file__).parents[2] / "flows"
CALLS = int(os.environ.get("IVR_TEST_CALLS", "60"))
CARD, ID_NUMBER = "6217000000001000128", "110101198504121233"
SECRETS = ["135790", "246802", CARD, ID_NUMBER]
KEYS = ["1", "2", "3", "4", "5", "9", "*", "#", "0", "0128", *SECRETS, f"{CARD}#", "11", "5000#", "1018"]


def next_input(chance: random.Random, closing: Closing) -> Input:
    if isinstance(closing, Dial):
        return DialEnded(chance.choice(["completed", "busy", "no-answer"]), 60.0)
    if isinstance(closing, Record):
        return Recorded("https://api.invalid/R", chance.choice([0.0, 9.0]))
    return chance.choice(
        [Digits(chance.choice(KEYS)), Digits(chance.choice(KEYS[:5])), NoInput(), Speech("查余额", 0.9)]
    )


@pytest.fixture
def ivr(shipped: Release) -> Iterator[Ivr]:
    running = build(Settings(store="memory:", flows=FLOWS), lookup=Bank(), release=shipped)
    yield running
    running.close()


def play(ivr: Ivr, monkeypatch: pytest.MonkeyPatch) -> None:
    """Play calls of all flows at random, some of which hang up."""
    closings: list[Closing] = []
    record = Session._record
    with monkeypatch.context() as patched:
        patched.setattr(Session, "_record", lambda *of: closings.append(of[1].closing) or record(*of))
        for number in range(CALLS):
            chance, caller = random.Random(number), f"+86138{number:08d}"
            given: Input = CallStarted(caller, "+861000", chance.choice(sorted(ivr.release.flows)))
            for turn in range(30):
                incoming = Incoming(f"CA{number}", turn or None, given, f"{number} {turn}", caller, "+861000")
                ivr.session.answer(ivr.channels["twilio"], incoming)
                if isinstance(closings[-1], Hangup):
                    break
                given = next_input(chance, closings[-1])
            ivr.session.hang_up(Incoming(f"CA{number}", None, HungUp(), f"{number} status", caller, "+861000"))


def replayed(ivr: Ivr, files: dict[str, str]) -> list[Replayed]:
    engine = Engine(reload(files, catalogue()), ivr.services)
    return [replay(engine, f"CA{n}", journal_rows(ivr.store, f"CA{n}"), ivr.seal) for n in range(CALLS)]


def test_recorded_calls_are_the_same_again_and_only_calls_through_an_edited_step_go_elsewhere(
    ivr: Ivr, monkeypatch: pytest.MonkeyPatch
) -> None:
    play(ivr, monkeypatch)
    files = dict(ivr.release.files)
    again = replayed(ivr, files)
    assert elsewhere(again) == []
    assert sum(call.turns for call in again) > 5 * CALLS
    assert Counter(call.reason for call in again)["withheld"] < CALLS / 2  # long numbers at menus

    edited = files | {"main_menu.yaml": files["main_menu.yaml"].replace("您好，欢迎致电", "欢迎您致电")}
    assert edited != files
    heard = {call.call_id for call in elsewhere(replayed(ivr, edited))}
    there = {row.call_id for row in journal_rows(ivr.store) if '"main_menu"' in row.data}
    assert heard
    assert heard <= there


def test_no_secret_can_be_opened_from_a_record(ivr: Ivr, monkeypatch: pytest.MonkeyPatch) -> None:
    play(ivr, monkeypatch)
    rows = [row for row in journal_rows(ivr.store) if row.kind == TURN_ROW]
    records = [read_record(row, ivr.seal) for row in rows]
    assert len(records) > 5 * CALLS
    assert any(record.kind == "Digits" and record.action for record in records)
    for record in records:
        text = repr(record) + repr(record.action)
        assert not [secret for secret in SECRETS if secret in text]
        assert "otp." not in text
    with pytest.raises(StoreError):
        read_record(rows[0], Seal(b"q" * 32))
