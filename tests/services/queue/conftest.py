"""A small bank with a queue of its own, asked as steps and webhooks ask it, in virtual time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import pytest

from ivr.calendar import CHINA
from ivr.crypto import Seal
from ivr.diagnostics.problem import Place
from ivr.flow.model import Desk, Hotline, Reference
from ivr.services.queue.matching import match
from ivr.services.queue.repository import QueueRepository
from ivr.services.queue.service import Queue
from ivr.services.queue.state import Agent, QueueState, Waiter
from ivr.stores import Store
from ivr.stores.memory import MemoryStore
from tests.asking import ask

MONDAY = datetime(2026, 11, 23, 10, tzinfo=CHINA).timestamp()
SEAL = Seal(b"k" * 32)


def to(name: str) -> Reference:
    return Reference(name, Place("line.yaml", 1, 1))


def a_line(**more: Any) -> Hotline:
    """A bank with a desk for everyone, and one for important customers that the first helps out."""
    desks = {
        "general": Desk("general", "+861085550100", 30),
        "vip": Desk("vip", "+861085550188", 20, overflow=(to("general"),), reserved=10.0),
    }
    return Hotline({}, more.pop("desks", desks), "general", **more)


class Hall:
    """The queue, and whoever asks it. Times are seconds after Monday morning, ten o'clock."""

    def __init__(self, line: Hotline | None = None, *, store: Store | None = None, **options: Any) -> None:
        self.store = store or MemoryStore()
        self.line = line or a_line()
        self.queue = Queue(QueueRepository(self.store), self.store, SEAL, self.line, **options)
        self.requests = 0
        self.agents = 0

    @property
    def state(self) -> QueueState:
        return self.queue.repository.state()

    def waiter(self, call: str) -> Waiter:
        return self.state.waiters[call]

    def agent(self, name: str) -> Agent:
        return self.state.agents[name]

    @staticmethod
    def at(now: float) -> float:
        return MONDAY + now

    def paired(self, now: float) -> list[str]:
        """Return who is to be given an agent now, as the dispatcher finds it."""
        return [pair.waiter.id for pair in match(self.state, self.line, MONDAY + now, calls_back=False)]

    def ask(self, question: str, now: float, *, key: str = "", **given: Any) -> Mapping[str, Any]:
        self.requests += 1
        return ask(self.queue, f"queue.{question}", given, key=key or f"request {self.requests}", now=MONDAY + now)

    def enter(self, call: str, now: float, desk: str = "general", **given: Any) -> Mapping[str, Any]:
        return self.ask("enter", now, call=call, desk=desk, **given)

    def round(self, call: str, now: float, **given: Any) -> Mapping[str, Any]:
        return self.ask("round", now, call=call, **given)

    def rang(self, call: str, now: float, status: str = "completed", **given: Any) -> Mapping[str, Any]:
        return self.ask("rang", now, call=call, status=status, seconds=0, **given)

    def leave(self, call: str, now: float, why: str = "gone") -> Mapping[str, Any]:
        return self.ask("leave", now, call=call, why=why)

    def sign_on(self, name: str, now: float = 0.0, desks: tuple[str, ...] = ("general",), **more: Any) -> None:
        self.agents += 1
        self.queue.agents.add(name, f"+86138{self.agents:08d}", desks, **more)
        self.queue.agents.ready(name, MONDAY + now)

    def take(self, status: Mapping[str, Any], now: float) -> None:
        """Let the agent who is rung pick up and press the key."""
        assert status["state"] == "ring", status
        assert self.queue.legs.answered(status["leg"], MONDAY + now) is not None
        assert self.queue.legs.key(status["leg"], "1", MONDAY + now).state == "taken"

    def talk(self, call: str, status: Mapping[str, Any], start: float, end: float) -> None:
        """Let caller and agent talk from `start` to `end`."""
        self.take(status, start)
        assert self.rang(call, end)["state"] == "talked"


@pytest.fixture
def hall() -> Hall:
    return Hall()


@pytest.fixture(scope="session")
def halls() -> type[Hall]:
    return Hall


@pytest.fixture(scope="session")
def lines() -> Callable[..., Hotline]:
    return a_line
