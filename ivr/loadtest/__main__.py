"""The load process: reads a plan from stdin, runs it on Locust, and writes messages to stdout, one per line."""

from __future__ import annotations

from . import locustfile  # first of all: it imports Locust, which must patch the standard library

# isort: split
import logging
import os
import signal
import sys

import gevent
import msgspec
from gevent.event import Event

from ivr.errors import IvrError

from . import scripts
from .figures import LoadFigures
from .plan import Plan
from .process import LoadMessage, LoadProgress
from .results import Ending
from .run import LoadRun

DRAIN_SECONDS = 5.0


def main() -> None:
    """Run one plan."""
    # Locust logs each start and stop of users, which would tear the progress bar.
    logging.getLogger("locust").setLevel(logging.ERROR)
    plan = Plan.decode(sys.stdin.readline())
    over, interrupted = Event(), Event()
    figures = LoadFigures(width=plan.slice_seconds, budget=plan.budget)
    try:
        chosen = scripts.load_scripts(plan.conversations, plan.flow)
    except IvrError as error:
        _send(LoadMessage(refused=str(error)))
        return
    run = LoadRun(plan, chosen, over, os.environ.get("TWILIO_AUTH_TOKEN", ""), figures)
    for number in (signal.SIGINT, signal.SIGTERM):
        gevent.signal_handler(number, interrupted.set)
    _send(LoadMessage(result=run.result(_carried_out(run, over, interrupted))))


def _carried_out(run: LoadRun, over: Event, interrupted: Event) -> Ending:
    runner = locustfile.local_runner(run)
    # Locust takes a rate of users; it must be at least one a second, or none would start.
    runner.start(run.plan.users, max(run.plan.users / max(run.plan.ramp_seconds, 1.0), 1.0))
    while run.watch.now() < run.plan.seconds and not run.bounded:
        if interrupted.wait(min(1.0, max(run.plan.seconds - run.watch.now(), 0.001))):
            break
        _send(LoadMessage(progress=_progress(run)))
    ending: Ending = "interrupted" if interrupted.is_set() else "calls" if run.bounded else "time"
    over.set()
    # Calls under way end by themselves at their next wait; those that wait for an answer are not waited for longer.
    with gevent.Timeout(DRAIN_SECONDS, False):
        while run.figures.live > 0:
            gevent.sleep(0.02)
    runner.quit()
    return ending


def _progress(run: LoadRun) -> LoadProgress:
    figures = run.figures
    calls = figures.counts["started"]
    return LoadProgress(run.watch.now(), figures.live, calls, figures.turns, figures.errors, figures.latest_p99())


def _send(message: LoadMessage) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(message) + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
