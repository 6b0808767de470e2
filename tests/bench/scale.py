"""What must not grow: the cost of a turn with the flow's steps, with live calls, and with the turns a call has had."""

from __future__ import annotations

import contextlib
import itertools
import random
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from flask import Flask

from ivr.app import Ivr
from ivr.engine.ports import Saved
from ivr.stores.sqlite import SqliteStore

from . import big_flows, ours, walks
from .rounds import Measure, Rounds
from .walks import NOBODY, Posted

FEW, MANY = 1_000, 100_000
FIRST, LATE = 1, 200


def run(rounds: int, calls: int) -> None:
    """Measure all three."""
    _steps(rounds, calls)
    _live(rounds, calls)
    _turns(rounds, calls)


def _key(call: int, turn: int, digits: str) -> Posted:
    return walks.post(f"/twilio/turn/{turn}", walks.form(NOBODY, call, (("Digits", digits),)))


def _arrive(call: int) -> Posted:
    return walks.post("/twilio/voice", walks.form(NOBODY, call))


def _steps(rounds: int, calls: int) -> None:
    with contextlib.ExitStack() as stack, tempfile.TemporaryDirectory(prefix="ivr-bench-") as folder:
        contenders: dict[str, Measure] = {}
        for steps in (10, 1_000):
            flows = Path(folder) / str(steps)
            big_flows.write(flows, steps)
            _, app = stack.enter_context(ours.running(flows))
            contenders[f"{steps} steps"] = _walking(app, calls)
        found = Rounds.run(contenders, rounds)
    found.show("One turn by the size of the flow", "us", "10 steps", times=1e6)


def _walking(app: Flask, calls: int) -> Measure:
    numbers = itertools.count(1)

    def measure() -> float:
        keys = "123121"
        played = [
            [_arrive(call), *(_key(call, turn, key) for turn, key in enumerate(keys, 1))]
            for call in itertools.islice(numbers, calls)
        ]
        return ours.cost(app, played)

    return measure


def _live(rounds: int, calls: int) -> None:
    with contextlib.ExitStack() as stack:
        contenders: dict[str, Measure] = {}
        for live in (FEW, MANY):
            ivr, app = stack.enter_context(ours.running())
            size = _fill(ivr, app, live)
            each = size / live
            print(f"{live:,} live calls take {each:,.0f} bytes each, {each * 1e4 / 2**20:.1f} MiB per 10,000")
            contenders[f"{live:,} live calls"] = _any_call(app, live, calls * 6)
        found = Rounds.run(contenders, rounds)
    found.show("One turn by the number of live calls", "us", f"{FEW:,} live calls", times=1e6)


def _fill(ivr: Ivr, app: Flask, live: int) -> int:
    """Let one call arrive, store it under many names, and return the bytes that this took in the file."""
    ours.answer(app, _arrive(0))
    one = ivr.store.load(walks.call_id(0))
    store = ivr.store
    assert one is not None
    assert isinstance(store, SqliteStore)
    connection = store._connections.get()
    before = _bytes(store)
    connection.execute("BEGIN IMMEDIATE")
    rows = ((copy.call_id, copy.turn, copy.key, copy.call, copy.reply) for copy in _copies(one, live))
    connection.executemany("INSERT INTO live (call_id, turn, key, call, reply) VALUES (?, ?, ?, ?, ?)", rows)
    connection.execute("COMMIT")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return _bytes(store) - before


def _copies(one: Saved, live: int) -> Iterator[Saved]:
    for number in _shuffled(range(1, live + 1)):
        name = walks.call_id(number)
        yield replace(one, call_id=name, call=one.call.replace(one.call_id.encode(), name.encode()))


def _shuffled(numbers: Sequence[int]) -> list[int]:
    return random.Random(1).sample(numbers, len(numbers))


def _bytes(store: SqliteStore) -> int:
    execute = store._connections.get().execute
    return int(execute("PRAGMA page_count").fetchone()[0]) * int(execute("PRAGMA page_size").fetchone()[0])


def _any_call(app: Flask, live: int, turns: int) -> Measure:
    """Take a turn of calls all over the file: each changes its language, to and fro, whatever its turn is by now."""
    order = itertools.cycle(_shuffled(range(1, live + 1)))
    had: Counter[int] = Counter()

    def next_turn(call: int) -> list[Posted]:
        had[call] += 1
        return [_key(call, had[call], "8")]

    return lambda: ours.cost(app, map(next_turn, itertools.islice(order, turns)))


def _turns(rounds: int, calls: int) -> None:
    with ours.running() as (_, app):
        numbers = itertools.count(1)
        contenders = {f"turns {first} to {first + 9}": _toggling(app, numbers, first, calls) for first in (FIRST, LATE)}
        found = Rounds.run(contenders, rounds)
    found.show("One turn by the turns that the call has had", "us", f"turns {FIRST} to {FIRST + 9}", times=1e6)


def _toggling(app: Flask, numbers: Iterator[int], first: int, calls: int) -> Measure:
    """Change the language to and fro; calls are brought to turn `first` before the clock starts."""
    of_round = max(2, calls // 6)

    def measure() -> float:
        chosen = list(itertools.islice(numbers, of_round))
        for call in chosen:
            ours.answer(app, _arrive(call))
            for turn in range(1, first):
                ours.answer(app, _key(call, turn, "8"))
        return ours.cost(app, [[_key(call, turn, "8") for turn in range(first, first + 10)] for call in chosen])

    return measure
