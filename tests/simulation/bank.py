"""The bank of the simulation: the demo bank's own application, behind a network that loses and delays.

It keeps a ledger of what it was told to change, for the checker.
"""

from __future__ import annotations

import json
import random
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ivr.app import outside_lookup
from ivr.backends.http import HttpLookup
from ivr.carrier.transport import WsgiTransport
from ivr.demo.bank.app import create_bank_app
from ivr.demo.bank.endpoints import ENDPOINTS
from ivr.demo.bank.faults import Faults
from ivr.demo.bank.pins import CHEAP
from ivr.demo.bank.store import BankStore
from ivr.engine.ports import Lookup
from ivr.flow.model import Release
from ivr.net.http import HttpAnswer, RequestFailed
from ivr.settings import Settings

from .points import Judge, Point, Verdict
from .shared_store import Process
from .stage import Stage, WorkerDied

BANK_URL = "http://bank.test"
SOON = 0.05
"""The longest usual answer of the bank, in seconds."""


@dataclass(frozen=True)
class BankDeed:
    """A change that the bank made. `request` is the carrier's request in which it was asked."""

    name: str
    key: str
    body: bytes = field(repr=False)
    request: Any = field(repr=False)


class DemoBank:
    """The application of the demo bank in this process. `reset` fills it anew; the clock is that of the world."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="ivr-simulation-")
        self.clock: Callable[[], float] = lambda: 0.0
        self.is_changed = False
        self._store = BankStore(Path(self._folder.name) / "bank.db", pin_cost=CHEAP)
        self._app = WsgiTransport(create_bank_app(self._store, Faults(), lambda: self.clock()).wsgi_app)

    def reset(self, clock: Callable[[], float]) -> None:
        """Begin a world: the bank is as it was at first, and lives in its time."""
        self.clock = clock
        # A bank that was only asked is as it was; filling it anew hashes every PIN.
        if self.is_changed:
            self._store.reset()
            self.is_changed = False

    def post(self, path: str, body: bytes, headers: Mapping[str, str]) -> HttpAnswer:
        answer = self._app.send("POST", f"{BANK_URL}{path}", body, headers)
        return HttpAnswer(answer.status, answer.body)

    def close(self) -> None:
        self._store.close()
        self._folder.cleanup()


@dataclass
class BankLine:
    """The network to the bank."""

    stage: Stage
    chance: random.Random
    judge: Judge
    bank: DemoBank
    deeds: list[BankDeed] = field(default_factory=list)
    asked: int = 0

    def lookup(self, settings: Settings, release: Release, process: Process) -> Lookup:
        """Return the product's own lookup for one life of a worker, whose requests go to this bank."""
        lookup = outside_lookup(settings, release.lookups)
        assert isinstance(lookup, HttpLookup)
        # Only the network is replaced: retries, keys, deadlines and parsing are the product's.
        lookup._services["bank"]._client = _Client(self, process)  # type: ignore[assignment]
        return lookup


class _Client:
    """What `HttpLookup` uses of an `HttpClient`."""

    def __init__(self, line: BankLine, process: Process) -> None:
        self._line, self._process, self._life = line, process, process.life

    def request(
        self, method: str, target: str, *, seconds: float, body: bytes | None = None, headers: Mapping[str, str]
    ) -> HttpAnswer:
        line, task = self._line, self._line.stage.task()
        self._pass(line.chance.random() * SOON / 2)
        line.asked += 1
        verdict = line.judge(Point.BANK, task)
        if verdict is Verdict.DIE:
            self._die()
        if verdict is Verdict.FAIL:
            raise RequestFailed("accepts no connection")
        if verdict is Verdict.HANG:
            self._pass(seconds)
            raise RequestFailed(f"did not answer within {seconds:g} s", sent=True)
        answer = line.bank.post(target, body or b"", headers)
        name = target.strip("/")
        # Noted when the bank has done it, and before the answer can be lost: this is what a repeat must not do again.
        if ENDPOINTS[name].changes and answer.status == 200:
            line.bank.is_changed = True
            line.deeds.append(BankDeed(name, headers["Idempotency-Key"], body or b"", task.request))
        if verdict is Verdict.DIE_AFTER:
            self._die()
        if verdict is Verdict.UNSURE:
            self._pass(seconds)
            raise RequestFailed(f"did not answer within {seconds:g} s", sent=True)
        self._pass(line.chance.random() * SOON / 2)
        return answer

    def _pass(self, seconds: float) -> None:
        self._line.stage.sleep(seconds)
        if self._process.life != self._life:
            raise WorkerDied

    def _die(self) -> None:
        self._process.kill()
        raise WorkerDied


def fields_of(deed: BankDeed) -> Mapping[str, Any]:
    """Return the question of a change."""
    fields: Mapping[str, Any] = json.loads(deed.body)
    return fields
