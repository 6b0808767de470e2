"""How long it takes to be ready, and whether the first callers wait longer than later ones.

A server is started anew for each round; the first call of each kind is compared with later calls on the same server.
"""

from __future__ import annotations

import statistics
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping

from . import client, ours, served, walks
from .report import Row

LATER_CALLS = 60
"""Calls of each kind after the first, whose last ones are what a caller may expect."""
MOST_STARTS = 3


def run(rounds: int, calls: int) -> list[Row]:
    """Start servers, and let each have its first callers."""
    del calls
    ready: list[float] = []
    words: list[float] = []
    ratios: defaultdict[str, list[float]] = defaultdict(list)
    with ours.bank() as bank_url:
        for _ in range(min(rounds, MOST_STARTS)):
            began = time.perf_counter()
            with served.started(served.contenders()[served.OURS], bank_url) as line:
                ready.append(served.processor_seconds(line.process))
                caller = client.Connection(line.port)
                first = _walked(caller, walks.ALONE, 1)
                # On the clock: to a caller it does not matter who computes.
                words.append(time.perf_counter() - began)
                for kind, ratio in _first_and_later(caller, first):
                    ratios[kind].append(ratio)
    return _rows(ready, words, ratios)


def _rows(ready: list[float], words: list[float], ratios: Mapping[str, list[float]]) -> list[Row]:
    return [
        Row("from the start to ready, processor", f"{min(ready):.2f} s", aim="under 2 s"),
        Row("from the start to the end of the first call, wall clock", f"{min(words):.2f} s"),
        *(
            # The smallest of the starts: other work on the machine can only add to it.
            Row(f"slowest turn of the first call, {kind}", "", f"{min(of_kind):.1f}x the same turn later", "at most 2x")
            for kind, of_kind in ratios.items()
        ),
    ]


def _first_and_later(caller: client.Connection, first: list[float]) -> Iterator[tuple[str, float]]:
    """Compare the first call of each kind with later ones, by the turn for which the ratio is worst."""
    number = 1
    for kind, walk in walks.WALKS.items():
        if number > 1:
            first = _walked(caller, walk, number)
        later = [_walked(caller, walk, number + place) for place in range(1, LATER_CALLS)]
        number += LATER_CALLS
        # Only the second half: caches fill during the first.
        usual = [statistics.median(turn) for turn in zip(*later[LATER_CALLS // 2 :], strict=True)]
        yield kind, max(mine / other for mine, other in zip(first, usual, strict=True))


def _walked(caller: client.Connection, walk: walks.Walk, number: int) -> list[float]:
    """Return the seconds that each turn of one call took; check where the call arrives."""
    times, replies = [], []
    for posted in walks.requests(walk, number, "ours"):
        sent = time.perf_counter()
        replies.append(caller.reply(posted.wire()))
        times.append(time.perf_counter() - sent)
    walks.check(walk, replies, "ours")
    return times
