"""The load by Locust alone: its options make a plan, and workers' figures add up at the master."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

CODE = """
from argparse import ArgumentParser
from types import SimpleNamespace
from locust.env import Environment
from ivr.loadtest import spread
from ivr.loadtest.figures import LoadFigures

parser = ArgumentParser()
spread._options(parser)
options = parser.parse_args(["--flow", "menu", "--call-rate", "3", "--speed", "20", "--answer-timeout", "2"])
options.num_users, options.run_time, options.spawn_rate = 50, 30, 10
environment = Environment(host="http://127.0.0.1:8080", parsed_options=options)
plan = spread._plan(environment)
print(plan.flow, plan.url, plan.users, plan.seconds, plan.ramp, plan.rate, plan.speed, plan.timeout)

figures = spread.ToldFigures(environment, budget=1.0)
figures.turn(0.1, "press 1", 1, 0.25, 0.2)
figures.turn(0.2, "press 1", 1, None, 0.3)
figures.error(0.2, "press 1", 1, "timeout")
stats = environment.stats.get("press 1", "CALL")
print(stats.num_requests, stats.max_response_time, stats.num_failures)

run = spread.LocustRun(lambda run: None)
data = {}
run._report_to_master(data)
print(data)
run._run = SimpleNamespace(figures=figures)
run._report_to_master(data)
total = LoadFigures(width=5.0, budget=1.0)
total.absorb(data["ivr_figures"]["figures"])
total.absorb(data["ivr_figures"]["figures"])
print(total.turns, total.errors, data["ivr_figures"]["cpu"] > 0)
"""


def test_options_make_a_plan_figures_are_told_to_locust_and_workers_add_up() -> None:
    """In a process of its own, because gevent changes the standard library for all of it."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", CODE], capture_output=True, text=True, cwd=Path(__file__).parents[2],
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "menu http://127.0.0.1:8080 50 30.0 5.0 3.0 20.0 2.0",
        "2 300 1",
        "{}",
        "4 2 True",
    ]
