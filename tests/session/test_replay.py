"""A turn is a function of the call, the input, the time and the answers: run again, it gives the same bytes."""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ivr.app import Ivr, build
from ivr.engine.asking import AnyAnswer, Ask, answer_all
from ivr.engine.call import Call
from ivr.engine.engine import Engine, Reply
from ivr.engine.inputs import CallStarted, DialEnded, Digits, Input, NoInput, Recorded, Speech
from ivr.engine.ports import Incoming
from ivr.engine.verbs import Closing, Dial, Hangup, Record
from ivr.errors import LookupFailed
from ivr.flow.loader import reload
from ivr.flow.model import Release
from ivr.session import session
from ivr.session.call_codec import freeze, thaw
from ivr.session.step_registry import catalogue
from ivr.settings import Settings

from .bank import Bank

FLOWS = Path(__file__).parents[2] / "flows"
CALLS = int(os.environ.get("IVR_TEST_CALLS", "60"))
KEYS = ["1", "2", "3", "4", "5", "9", "*", "#", "0", "0128", "135790", "246802", "11", "5000#", "1018"]


@dataclass
class RecordedTurn:
    """All that a turn was given, as a journal could keep it, and what came of it."""

    call: bytes
    given: Input
    now: float
    call_id: str
    answers: list[AnyAnswer] = field(default_factory=list)
    reply: Reply | None = None


class Recorder:
    """Notes every turn of a session."""

    def __init__(self, ivr: Ivr, monkeypatch: pytest.MonkeyPatch) -> None:
        self.turns: list[RecordedTurn] = []
        begin, turn = Engine.begin, Engine.turn

        def recorded_begin(engine: Engine, call_id: str, started: CallStarted, now: float) -> Reply | Ask[Reply]:
            self.turns.append(RecordedTurn(b"", started, now, call_id))
            return begin(engine, call_id, started, now)

        def recorded_turn(engine: Engine, call: Call, given: Input, now: float) -> Reply | Ask[Reply]:
            self.turns.append(RecordedTurn(freeze(call, ivr.seal), given, now, call.id))
            return turn(engine, call, given, now)

        def recorded_answers(outcome: Reply | Ask[Reply], answer: Callable[[Ask[Reply]], AnyAnswer]) -> Reply:
            this = self.turns[-1]

            def noted(ask: Ask[Reply]) -> AnyAnswer:
                try:
                    this.answers.append(answer(ask))
                except LookupFailed as failed:
                    this.answers.append(failed)
                return this.answers[-1]

            this.reply = answer_all(outcome, noted)
            return this.reply

        monkeypatch.setattr(Engine, "begin", recorded_begin)
        monkeypatch.setattr(Engine, "turn", recorded_turn)
        monkeypatch.setattr(session, "answer_all", recorded_answers)


def next_input(chance: random.Random, closing: Closing) -> Input:
    if isinstance(closing, Dial):
        return DialEnded(chance.choice(["completed", "busy", "no-answer"]), 60)
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


def test_recorded_turns_run_again_give_the_same_bytes(ivr: Ivr, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        recorder = Recorder(ivr, patched)
        for number in range(CALLS):
            chance, caller = random.Random(number), f"+86138{number:08d}"
            given: Input = CallStarted(caller, "+861000", chance.choice(sorted(ivr.release.flows)))
            for turn in range(30):
                incoming = Incoming(f"CA{number}", turn or None, given, f"{number} {turn}", caller, "+861000")
                ivr.session.answer(ivr.channels["twilio"], incoming)
                reply = recorder.turns[-1].reply
                assert reply is not None
                if isinstance(reply.closing, Hangup):
                    break
                given = next_input(chance, reply.closing)
    assert len(recorder.turns) > 5 * CALLS

    engine = Engine(reload(dict(ivr.release.files), catalogue()), ivr.services)
    channel = ivr.channels["twilio"]
    for recorded in recorder.turns:
        answers = iter(recorded.answers)
        if isinstance(recorded.given, CallStarted) and not recorded.call:
            outcome = engine.begin(recorded.call_id, recorded.given, recorded.now)
        else:
            outcome = engine.turn(thaw(recorded.call, ivr.seal), recorded.given, recorded.now)
        again = answer_all(outcome, lambda _, answers=answers: next(answers))
        assert next(answers, None) is None
        assert again == recorded.reply
        assert channel.render(again.closing, turn=again.call.turn) == channel.render(
            recorded.reply.closing, turn=recorded.reply.call.turn
        )
