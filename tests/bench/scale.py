"""What must not grow: the cost of a turn with the flow's steps, with live calls, and with the turns a call has had."""

from __future__ import annotations

import contextlib
import itertools
import random
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from flask import Flask

from . import big_flows, ours, walks
from .report import Row, compared
from .rounds import Measure, Rounds
from .walks import NOBODY, Posted

FEW, MANY, MANY_QUICK = 1_000, 1_000_000, 50_000
LATE = 385
"""A call is put through to a person at its 400th turn, so there is no thousandth to measure."""
STEPS_OF_LONG_FLOW = 500
LONG_CALLS = 2


def run(rounds: int, calls: int) -> list[Row]:
    """Measure all three."""
    quick = rounds < 9
    return [
        *_steps(rounds, calls),
        *_live(rounds, calls, MANY_QUICK if quick else MANY),
        *_turns(min(rounds, 5)),
    ]


def _key(call: int, turn: int, digits: str) -> Posted:
    return walks.post(f"/twilio/turn/{turn}", walks.form(NOBODY, call, (("Digits", digits),)))


def _arrive(call: int) -> Posted:
    return walks.post("/twilio/voice", walks.form(NOBODY, call))


def _steps(rounds: int, calls: int) -> Iterator[Row]:
    with contextlib.ExitStack() as stack, tempfile.TemporaryDirectory(prefix="ivr-bench-") as folder:
        contenders: dict[str, Measure] = {}
        for steps in (10, 1_000):
            flows = Path(folder) / str(steps)
            big_flows.write(flows, steps)
            _, app = stack.enter_context(ours.running(flows))
            contenders[f"{steps} steps"] = _walking(app, calls)
        measured = Rounds.run(contenders, rounds)
    measured.show("One turn by the size of the flow", "us", "10 steps", times=1e6)
    yield compared("size of the flow", measured, "1000 steps", "10 steps", aim="at most 1.05x")


def _walking(app: Flask, calls: int) -> Measure:
    numbers = itertools.count(1)

    def measure() -> float:
        # Each call goes the same way, so that the number of steps in the flow is all that differs.
        keys = "123121"
        played = [
            [_arrive(call), *(_key(call, turn, key) for turn, key in enumerate(keys, 1))]
            for call in itertools.islice(numbers, calls)
        ]
        return ours.cost(app, played)

    return measure


def _live(rounds: int, calls: int, many: int) -> Iterator[Row]:
    with contextlib.ExitStack() as stack:
        contenders: dict[str, Measure] = {}
        for live in (FEW, many):
            file, app = stack.enter_context(ours.running())
            size, payload = _fill(file, app, live)
            each = size / live
            what = ", ".join(f"{table} {own:,} B" for table, own in sorted(payload.items(), key=lambda item: -item[1]))
            aim = "at most 8 MiB"
            yield Row(
                f"{live:,} live calls on disk", f"{each * 1e4 / 2**20:.1f} MiB per 10,000", f"a call: {what}", aim
            )
            contenders[f"{live:,} live calls"] = _any_call(app, live, calls * 6)
        measured = Rounds.run(contenders, rounds)
    few, many_name = contenders
    measured.show("One turn by the number of live calls", "us", few, times=1e6)
    yield compared("live calls", measured, many_name, few, aim="at most 1.5x")


def _fill(file: Path, app: Flask, live: int) -> tuple[int, dict[str, int]]:
    """Let one call arrive, copy its rows under many names; return the bytes in the file, and a call's by table.

    Every table is asked which rows hold the call's identifier, so this depends on no table's name.
    """
    model = walks.call_id(0)
    ours.answer(app, _arrive(0))
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as connection:
        before = _bytes(connection)
        connection.execute("BEGIN IMMEDIATE")
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        payload = {name: _copy_rows(connection, name, model, live) for name in tables if not name.startswith("sqlite_")}
        connection.execute("COMMIT")
        # Until then the rows are in the log file, and the size of the database does not show them.
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return _bytes(connection) - before, {name: size for name, size in payload.items() if size}


def _copy_rows(connection: sqlite3.Connection, name: str, model: str, live: int) -> int:
    columns = [row for row in connection.execute(f"PRAGMA table_info({name})") if not _is_rowid(row)]
    names = ", ".join(row[1] for row in columns)
    if not names:
        return 0
    rows = [row for row in connection.execute(f"SELECT {names} FROM {name}") if any(_holds(v, model) for v in row)]
    if rows:
        marks = ", ".join("?" * len(columns))
        # In random order, as identifiers of a carrier come: ascending ones would fill the pages of the index to the
        # brim.
        copies = (_renamed(row, model, walks.call_id(n)) for n in _shuffled(range(1, live + 1)) for row in rows)
        connection.executemany(f"INSERT INTO {name} ({names}) VALUES ({marks})", copies)
    return sum(len(value) if isinstance(value, str | bytes) else 8 for row in rows for value in row)


def _is_rowid(column: Sequence[Any]) -> bool:
    return bool(column[5]) and str(column[2]).upper() == "INTEGER"


def _holds(value: object, model: str) -> bool:
    return model in value if isinstance(value, str) else isinstance(value, bytes) and model.encode() in value


def _renamed(row: Sequence[Any], model: str, name: str) -> list[Any]:
    return [
        value.replace(model, name)
        if isinstance(value, str)
        else value.replace(model.encode(), name.encode())
        if isinstance(value, bytes)
        else value
        for value in row
    ]


def _shuffled(numbers: Sequence[int]) -> list[int]:
    return random.Random(1).sample(numbers, len(numbers))


def _bytes(connection: sqlite3.Connection) -> int:
    pages, size = (connection.execute(f"PRAGMA {what}").fetchone()[0] for what in ("page_count", "page_size"))
    return int(pages) * int(size)


def _any_call(app: Flask, live: int, turns: int) -> Measure:
    """Take a turn of calls all over the file: each changes its language, to and fro, whatever its turn is by now."""
    order = itertools.cycle(_shuffled(range(1, live + 1)))
    had: Counter[int] = Counter()

    def next_turn(call: int) -> list[Posted]:
        had[call] += 1
        return [_key(call, had[call], "8")]

    return lambda: ours.cost(app, map(next_turn, itertools.islice(order, turns)))


def _turns(rounds: int) -> Iterator[Row]:
    """Every turn enters a step that the call has not seen; the last ones are compared with the first."""
    with tempfile.TemporaryDirectory(prefix="ivr-bench-") as folder:
        big_flows.write(Path(folder) / "flows", STEPS_OF_LONG_FLOW)
        with ours.running(Path(folder) / "flows") as (_, app):
            numbers = itertools.count(1)
            first, late = "turns 1 to 10", f"turns {LATE} to {LATE + 9}"
            measured = Rounds.run({first: _onwards(app, numbers, 1), late: _onwards(app, numbers, LATE)}, rounds)
    measured.show("One turn by the turns that the call has had, each in a new step", "us", first, times=1e6)
    yield compared("turns had, each in a new step", measured, late, first, aim="at most 1.05x")


def _onwards(app: Flask, numbers: Iterator[int], first: int) -> Measure:
    """Go from step to step; calls are brought to turn `first` before the clock starts."""

    def measure() -> float:
        # Few, since each long call is brought to its turn by hundreds of others.
        chosen = list(itertools.islice(numbers, LONG_CALLS if first > 1 else LONG_CALLS * 5))
        for call in chosen:
            reply = ours.answer(app, _arrive(call))
            for turn in range(1, first):
                reply = ours.answer(app, _key(call, turn, "1"))
            if f"第{first - 1}项" not in reply.decode():
                raise RuntimeError(f"turn {first - 1} is not where it should be: {reply.decode()}")
        return ours.cost(app, [[_key(call, turn, "1") for turn in range(first, first + 10)] for call in chosen])

    return measure
