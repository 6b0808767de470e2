"""The Locust user: a line that makes one call after another. Used by `ivr load`, and by Locust alone.

By itself it spreads over processes and machines as Locust does; figures add up at the master, which prints the report
when it ends:

    locust -f ivr/loadtest/locustfile.py --worker --master-host 10.0.0.1
    locust -f ivr/loadtest/locustfile.py --master --expect-workers 4 --headless --host https://ivr.example.com
    (and in the same line) --flow main_menu -u 5000 -r 200 -t 5m --report-html report.html

TWILIO_AUTH_TOKEN and the conversations have to be there on every worker. Locust is imported first, because it patches
the standard library for gevent; the engine must never be imported here.
"""

from __future__ import annotations

from locust import User, events, task  # first of all: Locust has to patch the standard library

# isort: split
from typing import ClassVar

from locust.env import Environment
from locust.runners import LocalRunner

from ivr.loadtest import spread
from ivr.loadtest.plan import MOST_SECONDS
from ivr.loadtest.run import LoadRun


class LoadLine(User):
    """A telephone line. It is free, or in one call."""

    current: ClassVar[LoadRun]

    def on_start(self) -> None:
        """Begin a little later than the others that were started in the same second."""
        self._run = self.current
        self._free: float | None = self._run.watch.now() + self._run.chance.random()

    @task
    def call(self) -> None:
        """Make one call, and note when the line is free again."""
        if self._free is not None:
            self._free = self._run.call(self._free)

    def wait_time(self) -> float:
        """Wait for the end of the run when there are no more calls; the run knows when the next one is due."""
        return MOST_SECONDS if self._free is None else 0.0


def local_runner(run: LoadRun) -> LocalRunner:
    """Give Locust's runner for one process, whose lines carry out `run`."""
    LoadLine.current = run
    return Environment(user_classes=[LoadLine]).create_local_runner()


def _begin(run: LoadRun) -> None:
    LoadLine.current = run


spread.LocustRun(_begin).listen(events)
