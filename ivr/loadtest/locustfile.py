"""The Locust user: a line that makes one call after another. Used by `ivr load`, and by Locust alone.

Locust alone distributes it over processes and machines; the master sums the figures and prints the report at the end:

    locust -f ivr/loadtest/locustfile.py --worker --master-host 10.0.0.1
    locust -f ivr/loadtest/locustfile.py --master --expect-workers 4 --headless --host https://ivr.example.com
    (and in the same line) --flow main_menu -u 5000 -r 200 -t 5m --report-html report.html

Every worker needs TWILIO_AUTH_TOKEN and the conversations. Locust is imported first, because it patches the standard
library for gevent. Must not import the engine.
"""

from __future__ import annotations

from locust import User, events, task  # first of all: Locust must patch the standard library

# isort: split
import gc
from typing import ClassVar

from locust.env import Environment
from locust.runners import LocalRunner

from ivr.loadtest import spread
from ivr.loadtest.plan import MOST_SECONDS
from ivr.loadtest.run import LoadRun


class LoadLine(User):
    """A telephone line, which makes one call at a time."""

    current: ClassVar[LoadRun]

    def on_start(self) -> None:
        """Spread the first calls of the lines that Locust started in the same second."""
        self._run = self.current
        self._free: float | None = self._run.watch.now() + self._run.chance.random()

    @task
    def call(self) -> None:
        """Make one call, and record when the line is free again."""
        if self._free is not None:
            self._free = self._run.call(self._free)

    def wait_time(self) -> float:
        """Return 0, since the run waits until a call is due; after the last call, wait for the run's end."""
        return MOST_SECONDS if self._free is None else 0.0


def collect_less_garbage() -> None:
    """Make garbage collections rare: a call makes few cycles, and a collection stops all callers."""
    # Objects that are loaded by now live as long as the process; no collection needs to look at them.
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


def local_runner(run: LoadRun) -> LocalRunner:
    """Return Locust's runner for one process, whose lines make the calls of `run`."""
    _begin(run)
    return Environment(user_classes=[LoadLine]).create_local_runner()


def _begin(run: LoadRun) -> None:
    collect_less_garbage()
    LoadLine.current = run


spread.LocustRun(_begin).listen(events)
