"""What a turn costs on PostgreSQL against SQLite: processor time of this process, time on the clock, round trips.

The server is one that the benchmark starts, on this machine, as durable as by default (fsync, synchronous_commit).
"""

from __future__ import annotations

import contextlib
import itertools
import os
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor

from ivr.stores._postgresql_connection import ServerConnection
from tests.postgresql import MISSING, PostgresqlServer, programs

from . import ours, walks
from .report import Row, compared
from .rounds import Measure, Rounds

SQLITE, POSTGRESQL, ASYNCHRONOUS = "SQLite", "PostgreSQL", "PostgreSQL, synchronous_commit=off"

THREADS = 4
"""Calls at once: while one turn waits for the disk, others compute, as in a server."""


def run(rounds: int, calls: int) -> list[Row]:
    """Measure whole walks, in turns on each store."""
    os.environ["TWILIO_AUTH_TOKEN"] = walks.TOKEN
    server_programs = programs()
    if server_programs is None:
        print(MISSING)
        return []
    with contextlib.ExitStack() as stack:
        bank_url = stack.enter_context(ours.bank())
        # Tests switch fsync off; a figure without it would be no server's.
        server = PostgresqlServer(server_programs, durable=True)
        stack.callback(server.remove)
        addresses = {SQLITE: "", POSTGRESQL: server.url(), ASYNCHRONOUS: server.url(options="&synchronous_commit=off")}
        apps: dict[str, ours.Wsgi] = {
            name: stack.enter_context(ours.running(bank_url=bank_url, store=address))[1]
            for name, address in addresses.items()
        }
        numbers = itertools.count(1)
        rows = [row for name in walks.WALKS for row in _walk(name, apps, numbers, rounds, calls)]
        for name in walks.WALKS:
            print(f"\nround trips a turn of the walk '{name}': {_round_trips(name, apps[POSTGRESQL], numbers):.2f}")
        return rows


def _walk(name: str, apps: Mapping[str, ours.Wsgi], numbers: Iterator[int], rounds: int, calls: int) -> Iterator[Row]:
    waits: dict[str, list[float]] = {contender: [] for contender in apps}

    def measure(contender: str) -> Measure:
        def timed() -> float:
            prepared = list(walks.calls(walks.WALKS[name], itertools.islice(numbers, calls), "ours"))
            turns = sum(map(len, prepared))
            started, spent = time.perf_counter(), time.process_time()
            # A call is one task: its turns need each other's order.
            list(pool.map(lambda call: ours.cost(apps[contender], [call]), prepared))
            waits[contender].append((time.perf_counter() - started) / turns)
            return (time.process_time() - spent) / turns

        return timed

    with ThreadPoolExecutor(THREADS) as pool:
        measured = Rounds.run({contender: measure(contender) for contender in apps}, rounds)
    measured.show(f"One turn of the walk '{name}', processor time of this process", "us", SQLITE, times=1e6)
    # Without the first round, which `Rounds.run` leaves out of the processor times.
    clock = Rounds({contender: times[1:] for contender, times in waits.items()})
    clock.show("  the same on the clock", "us", SQLITE, times=1e6)
    for contender in (POSTGRESQL, ASYNCHRONOUS):
        aim = "at most 1.43x (0.7x the turns)" if contender == POSTGRESQL else ""
        yield compared(f"in process, walk {name}", measured, contender, SQLITE, aim=aim)


def _round_trips(name: str, app: ours.Wsgi, numbers: Iterator[int]) -> float:
    waited = 0
    answers = ServerConnection._answers

    def counted(connection: ServerConnection, until: float) -> object:
        nonlocal waited
        waited += 1
        return answers(connection, until)

    prepared = list(walks.calls(walks.WALKS[name], itertools.islice(numbers, 10), "ours"))
    # Every wait for the server goes through this method, so its calls are the round trips.
    ServerConnection._answers = counted  # type: ignore[assignment, method-assign]
    try:
        ours.cost(app, prepared)
    finally:
        ServerConnection._answers = answers  # type: ignore[method-assign]
    return waited / sum(map(len, prepared))
