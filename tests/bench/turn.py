"""What a turn costs in process, against Flask's constant answer and the hand-written peer.

The bank is a process of its own: what a turn costs us includes asking it, but not its own time.
"""

from __future__ import annotations

import contextlib
import itertools
import os
from collections.abc import Iterator, Mapping

from . import ours, peer_flask, walks
from .report import Row, compared
from .rounds import Measure, Rounds

CONSTANT, PEER = "Flask's constant", "peer: Flask + twilio"
OURS, DURABLE = "ours", "ours, synchronous=FULL"
NAMES = {OURS: "ours", DURABLE: "ours", CONSTANT: "constant", PEER: "peer"}
AIMS = {"arrival": "at most 3x", "menu key": "at most 1.5x", "PIN": "at most 6x"}
KINDS = {"arrival": (walks.ALONE, 0), "menu key": (walks.ALONE, 2), "PIN": (walks.BANKING, 3)}
"""A turn of each kind that has an aim: its walk and its place there."""


def run(rounds: int, calls: int) -> list[Row]:
    """Measure whole walks, then single kinds of turns."""
    os.environ["TWILIO_AUTH_TOKEN"] = walks.TOKEN
    walks.prove()
    with contextlib.ExitStack() as stack:
        bank_url = stack.enter_context(ours.bank())
        apps: dict[str, ours.Wsgi] = {
            OURS: stack.enter_context(ours.running(bank_url=bank_url))[1],
            DURABLE: stack.enter_context(ours.running(bank_url=bank_url, store_options="?synchronous=FULL"))[1],
            CONSTANT: peer_flask.constant,
            PEER: peer_flask.app,
        }
        numbers = itertools.count(1)
        _check(apps, numbers)
        rows = [row for name in walks.WALKS for row in _walk(name, apps, numbers, rounds, calls)]
        return rows + [row for kind in KINDS for row in _kind(kind, apps, numbers, rounds, calls)]


def _check(apps: Mapping[str, ours.Wsgi], numbers: Iterator[int]) -> None:
    for walk in walks.WALKS.values():
        for name, app in apps.items():
            requests = walks.requests(walk, next(numbers), NAMES[name])
            walks.check(walk, [ours.answer(app, posted) for posted in requests], NAMES[name])


def _walk(name: str, apps: Mapping[str, ours.Wsgi], numbers: Iterator[int], rounds: int, calls: int) -> Iterator[Row]:
    def measure(contender: str) -> Measure:
        chosen = NAMES[contender]
        return lambda: ours.cost(
            apps[contender], walks.calls(walks.WALKS[name], itertools.islice(numbers, calls), chosen)
        )

    measured = Rounds.run({contender: measure(contender) for contender in apps}, rounds)
    measured.show(f"One turn of the walk '{name}', processor time", "us", CONSTANT, times=1e6)
    for contender in (OURS, DURABLE, PEER):
        yield compared(f"in process, walk {name}", measured, contender, CONSTANT)


def _kind(kind: str, apps: Mapping[str, ours.Wsgi], numbers: Iterator[int], rounds: int, calls: int) -> Iterator[Row]:
    walk, place = KINDS[kind]

    def measure(contender: str) -> Measure:
        return lambda: _cost_of(
            apps[contender], list(walks.calls(walk, itertools.islice(numbers, calls), NAMES[contender])), place
        )

    measured = Rounds.run({contender: measure(contender) for contender in (OURS, CONSTANT, PEER)}, rounds)
    measured.show(f"The turn '{kind}' alone, processor time", "us", CONSTANT, times=1e6)
    yield compared(f"in process, {kind} turn", measured, OURS, CONSTANT, aim=AIMS[kind])


def _cost_of(app: ours.Wsgi, calls: list[list[walks.Posted]], place: int) -> float:
    """Bring calls to one of their turns, and measure that."""
    for call in calls:
        for posted in call[:place]:
            ours.answer(app, posted)
    return ours.cost(app, [[call[place]] for call in calls])
