"""The Locust user: one call after another, spread at the start, and quiet when no more are to be made."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

CODE = """
from types import SimpleNamespace
from ivr.loadtest.locustfile import LoadLine, local_runner
from ivr.loadtest.plan import MOST_SECONDS

class Run:
    watch = SimpleNamespace(now=lambda: 10.0)
    chance = SimpleNamespace(random=lambda: 0.5)
    due = [12.0, None]
    def call(self, free):
        print("free", free)
        return self.due.pop(0)

runner = local_runner(Run())
line = LoadLine(runner.environment)
line.on_start()
for _ in range(3):
    line.call()
    print("wait", line.wait_time() == MOST_SECONDS)
"""


def test_a_line_calls_when_it_is_free_and_waits_for_the_end_after_its_last_call() -> None:
    """In a process of its own, because gevent changes the standard library for all of it."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", CODE], capture_output=True, text=True, check=True,
        cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert done.stdout.splitlines() == ["free 10.5", "wait False", "free 12.0", "wait True", "wait True"]
