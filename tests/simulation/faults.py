"""The menu of faults, and the plan of those that one call meets."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from .points import Point, Verdict
from .stage import Task

LEAST = 3
"""Faults that every call meets at least."""
PLANNED = (3, 5)
"""The number of planned faults of a call: the least and the most."""
FIRST_REQUESTS = 6
"""The planned faults happen from one of so many first requests on."""


class Fault(Enum):
    """Everything that may go wrong. The value is its name in reports."""

    REPEATED = "request repeated after its answer"
    AT_ONCE = "request sent several times at once"
    OLD = "older request repeated"
    LATE = "request arrives after the carrier gave up"
    LOST_REPLY = "reply lost"
    REFUSED = "connection refused"
    DIES = "worker dies at any point"
    DIES_BEFORE_WRITE = "worker dies before a write"
    DIES_AFTER_WRITE = "worker dies after a write"
    STORE_FAILS = "store reports an error"
    STORE_HANGS = "store does not answer"
    WRITE_UNSURE = "store writes and reports an error"
    BANK_FAILS = "bank refuses connections"
    BANK_HANGS = "bank does not answer"
    BANK_UNSURE = "bank acts and does not answer"
    CLOCK_JUMPS = "clock of the servers jumps"


CARRIER = {Fault.REPEATED: 4, Fault.AT_ONCE: 4, Fault.OLD: 4, Fault.LATE: 3, Fault.LOST_REPLY: 4, Fault.REFUSED: 2}
"""Faults of the network between carrier and servers, by weight: they happen to a request."""
AT_POINTS = {
    Fault.DIES: 2,
    Fault.DIES_BEFORE_WRITE: 2,
    Fault.DIES_AFTER_WRITE: 2,
    Fault.STORE_FAILS: 1,
    Fault.STORE_HANGS: 2,
    Fault.WRITE_UNSURE: 1,
    Fault.BANK_FAILS: 1,
    Fault.BANK_HANGS: 1,
    Fault.BANK_UNSURE: 1,
}
"""Faults behind the servers, by weight: they happen at a point of a request."""
RARE = {Fault.CLOCK_JUMPS: 0.15}
MENU = {**CARRIER, **AT_POINTS, **RARE}
_VERDICTS = {
    Fault.DIES: (tuple(Point), Verdict.DIE),
    Fault.DIES_BEFORE_WRITE: ((Point.WRITE,), Verdict.DIE),
    Fault.DIES_AFTER_WRITE: ((Point.WRITE,), Verdict.DIE_AFTER),
    Fault.STORE_FAILS: ((Point.LEASE, Point.READ, Point.WRITE), Verdict.FAIL),
    Fault.STORE_HANGS: ((Point.LEASE, Point.READ, Point.WRITE), Verdict.HANG),
    Fault.WRITE_UNSURE: ((Point.WRITE,), Verdict.UNSURE),
    Fault.BANK_FAILS: ((Point.BANK,), Verdict.FAIL),
    Fault.BANK_HANGS: ((Point.BANK,), Verdict.HANG),
    Fault.BANK_UNSURE: ((Point.BANK,), Verdict.UNSURE),
}


COST_AN_ATTEMPT = (Fault.LATE, Fault.LOST_REPLY, Fault.REFUSED)
MOST_FAILURES = 2
"""Planned failures of one request, which the carrier sends four times at most."""
_DEADLY = (Verdict.DIE, Verdict.DIE_AFTER)


@dataclass
class Request:
    """One request of the carrier, over all attempts at it. `number` counts those of its call from 0."""

    call: str
    number: int
    method: str
    url: str
    body: bytes = field(repr=False)
    headers: dict[str, str] = field(repr=False)
    failures: int = 0

    def may_fail(self) -> bool:
        """Count a failed attempt; return whether the carrier still reaches the server in a later one."""
        self.failures += 1
        return self.failures <= MOST_FAILURES


@dataclass
class CallFaults:
    """The faults of one call: planned from a request on, armed until they can happen, then counted."""

    planned: list[tuple[int, Fault]] = field(default_factory=list)
    armed: list[tuple[Fault, int]] = field(default_factory=list)
    met: Counter[Fault] = field(default_factory=Counter)

    @classmethod
    def drawn(cls, chance: random.Random, menu: Mapping[Fault, float]) -> CallFaults:
        """Draw a plan."""
        faults = chance.choices(list(menu), list(menu.values()), k=chance.randint(*PLANNED))
        return cls(sorted(((chance.randrange(FIRST_REQUESTS), fault) for fault in faults), key=lambda due: due[0]))

    def begin(self, request: Request, chance: random.Random) -> list[Fault]:
        """Return the carrier's faults of a request, and arm those that happen at its points."""
        due = [fault for first, fault in self.planned if first <= request.number]
        self.planned = [(first, fault) for first, fault in self.planned if first > request.number]
        of_carrier = []
        for fault in due:
            if fault in AT_POINTS:
                # So many matching points are let pass first. A larger number where points are few would never come
                # due.
                self.armed.append((fault, chance.randrange(2 if fault in FEW_POINTS else 8)))
            # A request that failed too often already would be given up by the carrier: the fault waits for the next
            # one.
            elif fault not in COST_AN_ATTEMPT or request.may_fail():
                of_carrier.append(fault)
            else:
                self.planned.append((request.number + 1, fault))
        self.met.update(of_carrier)
        return of_carrier

    def verdict(self, point: Point, request: Request) -> Verdict | None:
        """Return what happens at a point of a request of this call."""
        for place, (fault, after) in enumerate(self.armed):
            points, verdict = _VERDICTS[fault]
            # A death breaks the connection, which costs the carrier an attempt as well.
            if point not in points or (verdict in _DEADLY and request.failures >= MOST_FAILURES):
                continue
            if after:
                self.armed[place] = fault, after - 1
                continue
            request.failures += verdict in _DEADLY
            del self.armed[place]
            self.met[fault] += 1
            return verdict
        return None

    @property
    def lacking(self) -> int:
        """Return how many faults the call has still to meet."""
        return max(0, LEAST - self.met.total())


FEW_POINTS = (
    Fault.DIES_BEFORE_WRITE,
    Fault.DIES_AFTER_WRITE,
    Fault.WRITE_UNSURE,
    Fault.BANK_FAILS,
    Fault.BANK_HANGS,
    Fault.BANK_UNSURE,
)
"""Faults at points of which a request has few."""


class PlannedFaults:
    """The judge of a world in which each call has a plan."""

    def __init__(self) -> None:
        self.calls: dict[str, CallFaults] = {}
        self.is_over = False

    def __call__(self, point: Point, task: Task) -> Verdict | None:
        faults = self.calls.get(task.request.call) if task.request is not None else None
        return faults.verdict(point, task.request) if faults and not self.is_over else None
