"""A turn is a function of the call, the input, the time and the answers: replayed from the journal, it is the same."""

from __future__ import annotations

import json
import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
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
from ivr.session.replay import Replayed, affected_steps, replay
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
    assert affected_steps(again) == []
    assert sum(call.turns for call in again) > 5 * CALLS
    assert Counter(call.reason for call in again)["withheld"] < CALLS / 2  # long numbers at menus

    edited = files | {"main_menu.yaml": files["main_menu.yaml"].replace("您好，欢迎致电", "欢迎您致电")}
    assert edited != files
    affected = replayed(ivr, edited)
    assert not [call for call in affected if call.goes_elsewhere]  # only words were edited
    heard = {call.call_id for call in affected if call.is_affected}
    there = {row.call_id for row in journal_rows(ivr.store) if '"main_menu"' in row.data}
    assert heard
    assert heard <= there


MENU = "main_menu.yaml"


@dataclass(frozen=True)
class Edit:
    """An edit of main_menu.yaml: from a step on, each text becomes another; `meets` tests rows of calls it affects."""

    step: str
    texts: dict[str, str]
    meets: Callable[[dict[str, str]], bool]

    def files(self, files: dict[str, str]) -> dict[str, str]:
        before, mark, after = files[MENU].partition(f"\n  {self.step}:\n")
        assert mark
        for old, new in self.texts.items():
            assert old in after
            after = after.replace(old, new, 1)
        return {**files, MENU: before + mark + after}


def taken(step: str, outcome: str, aim: str = "") -> Callable[[dict[str, str]], bool]:
    """Return the test for rows in which a step of the main menu is left by an outcome, or its aim is said elsewhere."""

    def meets(row: dict[str, str]) -> bool:
        jumps = row["outcome"] == "jump" and row["to"] == f"main_menu.{aim}"
        return jumps or (row["flow"], row["step"], row["outcome"]) == ("main_menu", step, outcome)

    return meets


def entered(step: str) -> Callable[[dict[str, str]], bool]:
    """Return the test for rows that lead to a step of the main menu."""
    return lambda row: (row["flow"], row["to"]) == ("main_menu", step)


EDITS = [
    Edit("main", {"goto: balance": "goto: transactions"}, taken("main", "key 1", "balance")),
    Edit("main", {"goto: transactions": "goto: balance"}, taken("main", "key 2", "transactions")),
    Edit("main", {"goto: report_loss": "goto: branches"}, taken("main", "key 3", "report_loss")),
    Edit("main", {"goto: branches": "goto: more"}, taken("main", "key 4", "branches")),
    Edit("main", {"goto: more\n": "goto: branches\n"}, taken("main", "key 5", "more")),
    Edit("more", {"goto: limits": "goto: goodbye"}, taken("more", "key 2", "limits")),
    Edit("which_city", {"goto: in_shanghai": "goto: in_hefei"}, taken("which_city", "key 2")),
    Edit("tell_balance", {"{goto: after_balance}": "{goto: main}"}, taken("tell_balance", "next")),
    Edit("goodbye", {"感谢您的来电": "谢谢", "Thank you for calling": "Thank you"}, entered("goodbye")),
    Edit("no_account", {"为您核对资料": "核对您的资料", "your details": "the details"}, entered("no_account")),
]


def test_the_calls_that_an_edit_affects_are_named_right(ivr: Ivr, monkeypatch: pytest.MonkeyPatch) -> None:
    play(ivr, monkeypatch)
    files = dict(ivr.release.files)
    again = {call.call_id: call.turns for call in replayed(ivr, files)}
    met = 0
    for edit in EDITS:
        expected = {
            row.call_id
            for row in journal_rows(ivr.store, kind="outcome")
            if edit.meets(json.loads(row.data)) and row.turn <= again[row.call_id]
        }
        affected = {call.call_id for call in replayed(ivr, edit.files(files)) if call.is_affected}
        assert affected == expected, edit
        met += bool(affected)
    assert met >= min(6, CALLS // 20)


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
