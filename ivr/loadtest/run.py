"""One run of the load test in one process: schedule calls, count, and return the result. Must not start processes."""

from __future__ import annotations

import platform
import random
import time
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version

from ivr.carrier.http_transport import HttpTransport

from .call import LoadCall
from .figures import LoadFigures
from .pacing import Signal, Stopwatch
from .plan import Plan
from .results import Client, Ending, Result, TimeSlice
from .schedule import Arrivals, BackToBack, Random, Timeline, thinking
from .scripts import Scripts

PACKAGES = ("ivr", "locust", "gevent", "hdrhistogram")


class LoadRun:
    """A running plan. `share` is the part of the arrivals that this process takes, if several work together."""

    def __init__(
        self, plan: Plan, scripts: Scripts, over: Signal, token: str, figures: LoadFigures, share: float = 1
    ) -> None:
        self.plan = plan
        self.scripts = scripts
        self.figures = figures
        self.chance = random.Random(plan.seed)  # noqa: S311 - a load that can be repeated
        self.watch = Stopwatch(over)
        self._drawn = self._made = 0
        self._token = token
        self._arrivals = _arrivals(plan, share, self.chance)
        self._transport = HttpTransport(seconds=plan.timeout)
        self._started = datetime.now(UTC)
        self._cpu = time.process_time()

    def call(self, free: float) -> float | None:
        """Make a line's next call; `free` is the second when it became free. Return the second when it is free again.

        Returns None if no more calls are due.
        """
        start = self._arrivals.due(free)
        if self._drawn >= self.plan.most_calls or start >= self.plan.seconds or self.watch.over.is_set():
            return None
        # Counted before the call is made: other lines ask meanwhile, and would make more calls than are wanted.
        self._drawn += 1
        script = self.scripts.draw(self.chance)
        timeline = Timeline(start, self.plan.speed)
        call = LoadCall(script, self.figures, self.watch, timeline, self._think)
        try:
            call.make(script.line(self.plan.url, self._token, self.plan.public_url), self._transport)
        finally:
            self._made += 1
        return timeline.due + self._think()

    def close(self) -> None:
        """Close the sockets that the calls left open."""
        self._transport.close()

    @property
    def bounded(self) -> bool:
        """Return whether the last call of the plan is over."""
        return self._made >= self.plan.most_calls

    def _think(self) -> float:
        return thinking(self.chance, self.plan.think)

    def result(self, ended: Ending, cpu: float | None = None) -> Result:
        """Return the result. `cpu` is the CPU time of all processes in seconds, if there are others than this one."""
        figures, seconds = self.figures, self.watch.now()
        cpu = time.process_time() - self._cpu if cpu is None else cpu
        moments = figures.moments()
        latency, service = figures.totals()
        rates = steady(moments, self.plan.ramp_seconds, min(seconds, self.plan.seconds))
        return Result(
            flow=self.plan.flow,
            url=self.plan.url,
            started=self._started.isoformat(timespec="seconds"),
            seconds=round(seconds, 3),
            ended=ended,
            parameters={**asdict(self.plan), "ramp": self.plan.ramp_seconds},
            versions=versions(),
            calls=figures.calls(),
            turns=figures.turns,
            errors=figures.errors,
            calls_per_second=rates[0],
            turns_per_second=rates[1],
            latency=latency.spread(),
            service=service.spread(),
            audible=figures.audible_delay(),
            client=Client(round(cpu, 3), round(cpu / max(figures.turns, 1) * 1e6, 1), round(cpu / seconds, 4)),
            steps=figures.steps(),
            error_counts=figures.error_counts(),
            moments=moments,
            curve=figures.curve(),
            conversations=dict(self.figures.played.most_common()),
            left_out=dict(self.scripts.left_out),
        )


def _arrivals(plan: Plan, share: float, chance: random.Random) -> Arrivals:
    return Random(plan.rate * share, plan.ramp_seconds, chance) if plan.rate else BackToBack()


def steady(moments: Sequence[TimeSlice], ramp: float, end: float) -> tuple[float, float]:
    """Return calls and turns per second from the end of the ramp to the end of the run, or over all of a short run."""
    # The ramp would make every server look slower than it is.
    after = [moment for moment in moments if moment.at >= ramp and moment.at < end]
    counted = after or [moment for moment in moments if moment.at < end]
    if not counted:
        return 0.0, 0.0
    seconds = max(end - counted[0].at, 0.001)
    calls, turns = sum(moment.calls for moment in counted), sum(moment.turns for moment in counted)
    return round(calls / seconds, 3), round(turns / seconds, 3)


def versions() -> dict[str, str]:
    """Return the versions of the packages that the figures depend on."""
    by_package = {"python": platform.python_version()}
    for name in PACKAGES:
        try:
            by_package[name] = version(name)
        except PackageNotFoundError:
            by_package[name] = "not installed"
    return by_package
