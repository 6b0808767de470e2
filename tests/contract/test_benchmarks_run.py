"""The benchmarks' servers start with today's settings, and a carrier that repeats requests finds nothing done twice."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

from tests.bench import ours, repeats, served

CALLS = 12
"""Two of each walk: what `python -m tests.bench repeats` does with twenty thousand."""


def test_repeated_requests_on_two_servers_are_answered_with_the_same_bytes_and_do_nothing_twice(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path}/ivr.db"
    with contextlib.ExitStack() as stack:
        bank_url = stack.enter_context(ours.bank())
        servers = [stack.enter_context(served.started(repeats.OURS, bank_url, IVR_STORE=address)) for _ in range(2)]
        carrier = repeats.Repeats([server.port for server in servers])
        asyncio.run(carrier.play(CALLS))
        wrong = repeats.compared(tmp_path / "ivr.db", CALLS)
    assert carrier.repeated > 0
    assert not carrier.wrong + wrong
