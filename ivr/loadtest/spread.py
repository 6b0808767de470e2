"""Run the load test by Locust alone, without `ivr load`: options, start and end of a run, exchange of figures."""

from __future__ import annotations

import os
import time
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
from gevent.event import Event
from locust.env import Environment
from locust.event import EventHook, Events
from locust.runners import MasterRunner, WorkerRunner

from . import page, report, scripts, target
from .figures import LoadFigures
from .plan import MOST_SECONDS, MOST_USERS, Plan
from .run import LoadRun

GOODBYE_SECONDS = 5.0
SLICE_SECONDS = 5.0
_KEY = "ivr_figures"


class ToldFigures(LoadFigures):
    """Figures that are also reported to Locust's own statistics."""

    def __init__(self, environment: Environment, budget: float) -> None:
        super().__init__(width=SLICE_SECONDS, budget=budget)
        self._stats = environment.stats

    def turn(self, at: float, step: str, order: int, latency: float | None, service: float) -> None:
        """Count one request."""
        super().turn(at, step, order, latency, service)
        self._stats.log_request("CALL", step, round((service if latency is None else latency) * 1000), 0)

    def error(self, at: float, step: str, order: int, kind: str, example: str = "") -> None:
        """Count one failed turn."""
        super().error(at, step, order, kind, example)
        self._stats.log_error("CALL", step, kind)


class LocustRun:
    """One Locust process: local, master or worker. `begin` passes a new run to the lines."""

    def __init__(self, begin: Callable[[LoadRun], None]) -> None:
        self._begin = begin
        self._run: LoadRun | None = None
        self._environment: Environment | None = None
        self._over = Event()
        self._workers: dict[str, dict[str, Any]] = {}

    def listen(self, events: Events) -> None:
        """Register for Locust's events."""
        wanted: dict[EventHook, Callable[..., None]] = {
            events.init_command_line_parser: _options,
            events.test_start: self._started,
            events.test_stopping: self._stopping,
            events.report_to_master: self._report_to_master,
            events.worker_report: self._heard,
            events.quit: self._ended,
        }
        for hook, listener in wanted.items():
            hook.add_listener(listener)  # type: ignore[no-untyped-call]

    def _started(self, environment: Environment, **_: Any) -> None:
        plan = _plan(environment)
        self._environment = environment
        # Locust kills users at once by default, in the middle of a call that the server then keeps.
        environment.stop_timeout = max(environment.stop_timeout, GOODBYE_SECONDS)
        self._over.clear()
        self._workers.clear()
        expected = getattr(environment.parsed_options, "expect_workers", 1) or 1
        # --call-rate is for all workers together, and each draws its own arrivals.
        share = 1 / expected if isinstance(environment.runner, WorkerRunner) else 1.0
        figures = ToldFigures(environment, plan.budget)
        chosen = scripts.load_scripts(plan.conversations, plan.flow)
        self._run = LoadRun(plan, chosen, self._over, os.environ.get("TWILIO_AUTH_TOKEN", ""), figures, share)
        self._begin(self._run)

    def _stopping(self, **_: Any) -> None:
        self._over.set()

    def _report_to_master(self, data: dict[str, Any], **_: Any) -> None:
        if self._run is not None:
            # The whole sums, not the difference: a report that is lost does not falsify the figures.
            data[_KEY] = {"figures": self._run.figures.encode(), "cpu": time.process_time()}

    def _heard(self, client_id: str, data: dict[str, Any], **_: Any) -> None:
        if _KEY in data:
            self._workers[client_id] = data[_KEY]

    def _ended(self, **_: Any) -> None:
        """Print the report, except on a worker."""
        environment, run = self._environment, self._run
        if environment is None or run is None or isinstance(environment.runner, WorkerRunner):
            return
        cpu = None
        if isinstance(environment.runner, MasterRunner):
            for worker in self._workers.values():
                run.figures.absorb(worker["figures"])
            cpu = sum(worker["cpu"] for worker in self._workers.values())
        result = run.result("time", cpu=cpu)
        print(report.report_text(result))
        options: Any = environment.parsed_options
        if options.report_json:
            Path(options.report_json).write_bytes(msgspec.json.format(msgspec.json.encode(result)) + b"\n")
        if options.report_html:
            Path(options.report_html).write_text(page.html(result), encoding="utf-8")


def _plan(environment: Environment) -> Plan:
    options: Any = environment.parsed_options
    users = getattr(options, "num_users", None) or MOST_USERS
    seconds = float(getattr(options, "run_time", None) or MOST_SECONDS)
    return Plan(
        flow=options.flow,
        url=target.choose(environment.host),
        users=users,
        rate=options.call_rate,
        seconds=seconds,
        ramp=min(users / (getattr(options, "spawn_rate", None) or users), seconds),
        think=options.think,
        speed=options.speed,
        budget=options.budget,
        timeout=options.answer_timeout,
        seed=options.seed,
        conversations=options.conversations,
        public_url=os.environ.get("IVR_PUBLIC_URL", ""),
    )


def _options(parser: ArgumentParser) -> None:
    group = parser.add_argument_group("Telephone calls")
    group.add_argument("--flow", default="main_menu", help="Flow whose conversations are played")
    group.add_argument("--conversations", default=Plan.conversations, help="File or folder of conversations")
    group.add_argument(
        "--call-rate", type=float, help="Random arrivals a second over all workers; needs --expect-workers"
    )
    group.add_argument("--think", type=float, default=Plan.think, help="Median seconds that a caller takes to act")
    group.add_argument("--speed", type=float, default=Plan.speed, help="Prompts and silences are this much faster")
    group.add_argument("--budget", type=float, default=Plan.budget, help="Longest silence before a prompt, in seconds")
    group.add_argument("--answer-timeout", type=float, default=Plan.timeout, help="Longest wait for an answer")
    group.add_argument("--seed", type=int, default=Plan.seed, help="The same seed draws the same calls")
    group.add_argument("--report-json", help="File for all figures")
    group.add_argument("--report-html", help="File for one page with plots")
