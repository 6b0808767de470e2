"""A telephone without a carrier: plays one flow text through the engine alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from ivr.engine.asking import AnyAnswer, Ask, BankLookup, answer_all
from ivr.engine.call import Call
from ivr.engine.engine import Engine, Reply
from ivr.engine.inputs import Attestation, CallStarted, Digits, Input, NoInput, Speech
from ivr.engine.service_ports.field_types import COUNT, DURATION, FLAG
from ivr.engine.service_ports.question import answer_of, declared_fields
from ivr.engine.turn import Services
from ivr.engine.verbs import Closing, Pause, Say
from ivr.errors import LookupFailed
from ivr.session.step_registry import catalogue
from ivr.speech.display_format import display_format
from ivr.speech.itn import inverse_normalize
from ivr.speech.phrases import understand
from ivr.speech.verbalize import Reader
from tests.strict_releases import strict_release

LINE = """
lines: {default: test}
desks: {general: "+861000000001", vip: {number: "+861000000002", timeout: 20s}}
desk: general
"""
AGENT = """
  agent: {transfer: general, otherwise: bye}
  bye: {hangup: 再见。}
"""
BILINGUAL_AGENT = AGENT.replace("再见。", "{zh-CN: 再见。, en-US: Goodbye.}")


ALWAYS = {
    "bank.account": {"account": "A1"},
    "identity.charge": {"allowed": True, "locked": False, "wait_s": 0, "left": 4},
    "identity.passed": {},
}
"""What the bank and the counting of tries answer unless a test says otherwise."""


_NOTHING: dict[Any, Any] = {FLAG: False, COUNT: 0, DURATION: 0}


@dataclass
class Bank:
    """Answers lookups from a table; an exception in it is raised, and what was asked is kept."""

    answers: dict[str, Any] = field(default_factory=dict)
    asked: list[tuple[str, Mapping[str, Any], str]] = field(default_factory=list)

    def answer(self, asked: Ask[Any]) -> AnyAnswer:
        """Answer a question of a turn; of our own services with nothing in a field of which the table says nothing."""
        question = asked.question
        if isinstance(question, BankLookup):
            return self(question.source, question.fields, deadline=asked.deadline, key=asked.key)
        fields = {name: getattr(question, name) for name in question.__struct_fields__}
        given = {name: value for name, value in fields.items() if value not in ("", None)}
        values = self(question.source, given, deadline=0.0, key=asked.key)
        answer = answer_of(type(question))
        required = [field for field in declared_fields(answer).values() if field.required]
        return answer(**{field.name: _NOTHING.get(field.kinds, "") for field in required} | values)

    def __call__(self, source: str, question: Mapping[str, Any], *, deadline: float, key: str) -> Mapping[str, Any]:
        self.asked.append((source, question, key))
        answer = self.answers.get(source, ALWAYS.get(source, LookupFailed("no such answer", missing=True)))
        if callable(answer):
            answer = answer(question)
        if isinstance(answer, Exception):
            raise answer
        return answer


@dataclass
class Phone:
    """One call, turn by turn."""

    engine: Engine
    bank: Bank
    now: float = 1_795_310_000.0
    reply: Reply | None = None

    def ring(self, caller: str = "+8613800000001", flow: str = "test", attestation: Attestation = "") -> Phone:
        started = CallStarted(caller, "+861000", flow, attestation)
        outcome = self.engine.begin("CA1", started, self.now)
        self.reply = answer_all(outcome, self.bank.answer)
        return self

    def give(self, given: Input) -> Phone:
        self.reply = answer_all(self.engine.turn(self.call, given, self.now), self.bank.answer)
        return self

    def press(self, keys: str) -> Phone:
        return self.give(Digits(keys))

    def speak(self, words: str, confidence: float | None = 0.9) -> Phone:
        return self.give(Speech(words, confidence))

    def stay_silent(self) -> Phone:
        return self.give(NoInput())

    @property
    def call(self) -> Call:
        assert self.reply is not None
        return self.reply.call

    @property
    def closing(self) -> Closing:
        assert self.reply is not None
        return self.reply.closing

    @property
    def step(self) -> str:
        return self.call.frame.step

    @property
    def heard(self) -> str:
        return "".join(p.text for p in self.closing.prompts if isinstance(p, Say))

    @property
    def pauses(self) -> float:
        return sum(p.seconds for p in self.closing.prompts if isinstance(p, Pause))

    def events(self, kind: str) -> list[Mapping[str, Any]]:
        assert self.reply is not None
        return [event.data for event in self.reply.events if event.kind == kind]


SERVICES = Services(Reader(), inverse_normalize, understand, display_format)
"""What a turn may use: the real readers of speech and values."""


Dial = Callable[..., Phone]


@pytest.fixture
def phone() -> Dial:
    """Return a function that rings a flow given as text: its steps, or a whole file; further files by name."""

    def ring(
        steps: str,
        *,
        head: str = "",
        bank: Bank | None = None,
        caller: str = "+8613800000001",
        attestation: Attestation = "",
        **more: str,
    ) -> Phone:
        text = f"flow: test\nstart: start\n{head}\nsteps:\n{steps}\n{BILINGUAL_AGENT if 'en-US' in steps else AGENT}"
        files = {"line.yaml": LINE, "test.yaml": text, **{f"{name}.yaml": body for name, body in more.items()}}
        release = strict_release(files, catalogue())
        return Phone(Engine(release, SERVICES), bank or Bank()).ring(caller, attestation=attestation)

    return ring
