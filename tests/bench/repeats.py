"""Calls whose requests come twice, late and at once, to two servers of two workers each that share one store.

Clean calls of each walk go before. Each later call must have the journal of a clean one, and each request the
bytes of its first answer. `--calls` counts thousands here.
"""

from __future__ import annotations

import asyncio
import contextlib
import html
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from ivr.stores.sqlite import SqliteStore

from . import ours, served, walks
from .open_loop import Lines
from .report import Row
from .walks import Posted, Turn, Walk

CALLS_AT_ONCE = 24
FEWEST = 400
"""The calls of a run with --quick."""
MESSAGE = Walk(
    walks.NOBODY,
    (
        walks.ALONE.turns[0],
        Turn("/twilio/turn/1", "", "正在为您转接人工服务", (("Digits", "0"),)),
        Turn("/twilio/turn/2", "", "人工座席都在通话中", walks.BUSY),
        Turn("/twilio/turn/3", "", "", (("RecordingUrl", "https://api.example/RE1"), ("RecordingDuration", "9"))),
    ),
)
WALKS = (walks.ALONE, MESSAGE, walks.BANKING, walks.ALONE, MESSAGE, walks.SPOKEN)
CLEAN = range(len(WALKS), 2 * len(WALKS))
"""The clean calls that later ones are compared with. One of each walk goes before: a number's first call differs from
its second, since what the bank knows of the number is kept for an hour."""
OURS = served.Server(
    (sys.executable, "-m", "ivr.cli", "serve", "--workers", "2", "--bind", "127.0.0.1:{port}"),
    "ours",
    ready="/health/ready",
)
_Row = tuple[int, str, dict[str, object]]
"""A row of the journal: its turn, its kind, and its data without what is volatile."""
VOLATILE = ("seconds", "release", "reference", "sealed")
"""Data of journal rows that differ from call to call."""


def run(rounds: int, calls: int) -> list[Row]:
    """Play the calls and compare; raise nothing, the table tells what was wrong."""
    count = FEWEST if calls < 20 else calls * 1000
    with tempfile.TemporaryDirectory(prefix="ivr-bench-") as folder, contextlib.ExitStack() as stack:
        file = Path(folder) / "ivr.db"
        settings = {"IVR_STORE": f"sqlite:///{file}"}
        bank_url = stack.enter_context(ours.bank())
        servers = [stack.enter_context(served.started(OURS, bank_url, **settings)) for _ in range(2)]
        started = time.monotonic()
        repeats = Repeats([server.port for server in servers])
        asyncio.run(repeats.play(count))
        seconds = time.monotonic() - started
        wrong = compared(file, count)
    faults = ", ".join(f"{times} x {what}" for what, times in sorted((repeats.wrong + wrong).items())) or "none"
    what = f"{count:,} calls, {repeats.requests:,} requests, {repeats.repeated:,} of them repeats"
    return [Row(what, f"{seconds:,.0f} s", faults, "none")]


class Repeats:
    """A carrier that repeats requests: the newest and older ones, one after the other and at once, to any server."""

    def __init__(self, ports: Sequence[int]) -> None:
        self._lines = [Lines(port) for port in ports]
        self.requests = self.repeated = 0
        self.wrong: Counter[str] = Counter()
        self._customer = asyncio.Lock()
        """One call of a customer at a time: the bank's checks of one account hold back those that come at once."""

    async def play(self, calls: int) -> None:
        """Play clean calls of each walk, then `calls` with repeats."""
        for number in range(CLEAN.stop):
            await self._call(number, WALKS[number % len(WALKS)], clean=True)
        numbers = iter(range(CLEAN.stop, CLEAN.stop + calls))

        async def caller() -> None:
            for number in numbers:
                await self._call(number, WALKS[number % len(WALKS)])

        await asyncio.gather(*(caller() for _ in range(CALLS_AT_ONCE)))
        for line in self._lines:
            await line.close()

    async def _call(self, number: int, walk: Walk, *, clean: bool = False) -> None:
        async with self._customer if walk.caller == walks.CUSTOMER else contextlib.nullcontext():
            await self._played(number, walk, random.Random(number), clean=clean)

    async def _played(self, number: int, walk: Walk, chance: random.Random, *, clean: bool) -> None:
        answers: dict[bytes, bytes] = {}
        requests = [posted.wire() for posted in walks.requests(walk, number, "ours")]
        for place, (turn, request) in enumerate(zip(walk.turns, requests, strict=True)):
            # One, two or three at once, and older requests beside them: the newest may be answered before or after.
            copies = 1 if clean else chance.choice([1, 1, 2, 3])
            older = [] if clean else chance.sample(requests[:place], min(place, chance.randrange(3)))
            await asyncio.gather(*(self._ask(each, chance, answers) for each in [request] * copies + older))
            if turn.says not in html.unescape(answers[request].decode()):
                self.wrong[f"reply without {turn.says}"] += 1
        await self._ask(_status(walk, number).wire(), chance, {})
        late = [] if clean else chance.sample(requests, chance.randrange(len(requests)))
        await asyncio.gather(*(self._ask(each, chance, answers) for each in late))
        self.repeated -= len(requests)

    async def _ask(self, request: bytes, chance: random.Random, answers: dict[bytes, bytes]) -> None:
        self.requests += 1
        self.repeated += request.startswith(b"POST /twilio/status") is False
        document = await chance.choice(self._lines).ask(request)
        if answers.setdefault(request, document) != document:
            self.wrong["another answer to the same request"] += 1


def _status(walk: Walk, number: int) -> Posted:
    fields = walks.form(walk.caller, number, (("CallStatus", "completed"), ("CallDuration", "60")))
    return walks.post("/twilio/status", fields)


def compared(file: Path, calls: int) -> Counter[str]:
    """Count the calls whose journal is not that of the clean call of their walk."""
    store, wrong = SqliteStore(file), Counter[str]()
    try:
        clean = [_journal(store, number) for number in CLEAN]
        for number in range(CLEAN.stop, CLEAN.stop + calls):
            rows, expected = _journal(store, number), clean[number % len(WALKS)]
            if len(rows) != len(expected):
                wrong[f"{'more' if len(rows) > len(expected) else 'fewer'} rows in the journal than a clean call"] += 1
            elif rows != expected:
                wrong[f"other {', '.join(sorted(_other(rows, expected)))} in the journal than a clean call"] += 1
        if store.live():
            wrong["call that has not ended"] += store.live()
    finally:
        store.close()
    return wrong


def _other(rows: list[_Row], expected: list[_Row]) -> set[str]:
    """Return the names of what differs between the rows of two calls."""
    names: set[str] = set()
    for (turn, kind, data), (clean_turn, clean_kind, clean_data) in zip(rows, expected, strict=True):
        if (turn, kind) != (clean_turn, clean_kind):
            return {"order"}
        names |= {f"{kind}.{key}" for key in data.keys() | clean_data.keys() if data.get(key) != clean_data.get(key)}
    return names


def _journal(store: SqliteStore, number: int) -> list[_Row]:
    rows = store.journal(walks.call_id(number))
    read = [(row.turn, row.kind, json.loads(row.data)) for row in rows]
    return [(turn, kind, {k: v for k, v in data.items() if k not in VOLATILE}) for turn, kind, data in read]
