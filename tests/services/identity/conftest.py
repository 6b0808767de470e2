"""A service on a real SQLite file, a messenger that keeps what it was told, and one account to guess at."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from ivr.crypto import Seal
from ivr.engine.service_ports.field_types import reveal
from ivr.engine.service_ports.sms import MessageSent, SendMessage
from ivr.services.identity import IdentityService, Limits
from ivr.stores.memory import MemoryStore
from ivr.stores.sqlite import SqliteStore
from tests.asking import ask

MONDAY = 1_795_000_000.0
HOUR, DAY = 3600, 86_400
SEAL = Seal(b"k" * 32)
ACCOUNT, NUMBER = "C-100001", "+8613800000001"


class Pocket:
    """The caller's telephone: takes text messages, or refuses them."""

    def __init__(self) -> None:
        self.messages: list[SendMessage] = []
        self.keys: list[str] = []

    def send(self, question: SendMessage, *, key: str, now: float) -> MessageSent:
        if key not in self.keys:
            self.messages.append(question)
            self.keys.append(key)
        return MessageSent(id="1", to_tail=question.number[-4:])

    @property
    def code(self) -> str:
        """The code in the newest message."""
        text = reveal(self.messages[-1].text)
        return "".join(letter for letter in text.partition("，")[0] if letter.isdecimal())


class Line:
    """Asks the service as the steps do, with a key of its own for every turn."""

    def __init__(self, service: IdentityService) -> None:
        self.service = service
        self._keys = (f"CA:{n}" for n in itertools.count())

    def ask(self, question: str, now: float, key: str = "", **given: Any) -> Mapping[str, Any]:
        return ask(self.service, f"identity.{question}", given, key=key or next(self._keys), now=now)

    def charge(
        self, now: float, account: str = ACCOUNT, number: str = NUMBER, key: str = "", **more: bool
    ) -> Mapping[str, Any]:
        return self.ask("charge", now, key, account=account, number=number, **more)

    def passed(self, now: float, account: str = ACCOUNT, number: str = NUMBER, **more: bool) -> None:
        assert self.ask("passed", now, account=account, number=number, **more) == {"at_risk": False}

    def status(self, now: float, account: str = ACCOUNT) -> Mapping[str, Any]:
        return self.ask("status", now, account=account)

    def lock_out(self, now: float, account: str = ACCOUNT) -> float:
        """Guess wrongly until nothing is left; return the time then."""
        for wait in (0, 0, 0, 30, 300):
            now += wait
            assert self.charge(now, account, f"+86139{int(now) % 10**8:08d}")["allowed"]
        return now


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    with_file = SqliteStore(tmp_path / "ivr.db")
    yield with_file
    with_file.close()


@pytest.fixture
def pocket() -> Pocket:
    return Pocket()


@pytest.fixture
def line(store: SqliteStore, pocket: Pocket) -> Line:
    return Line(IdentityService(store, seal=SEAL, messenger=pocket))


@pytest.fixture
def quick() -> Line:
    """The same on a store in memory, for many thousands of questions."""
    return Line(IdentityService(MemoryStore(), seal=SEAL))


def with_limits(store: SqliteStore, **limits: Any) -> Line:
    return Line(IdentityService(store, Limits(**limits), seal=SEAL))
