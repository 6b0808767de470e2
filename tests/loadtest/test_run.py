"""One run: calls when they are due, no more than planned, and rates after the ramp."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from ivr.loadtest import run as load_run
from ivr.loadtest.results import TimeSlice
from ivr.loadtest.run import PACKAGES, steady

from .conftest import Phone, run_of


def test_only_as_many_calls_as_the_plan_allows_are_made(server: Phone, tmp_path: Path) -> None:
    run = run_of(server, tmp_path, most_calls=2)
    made = [run.call(0.0) for _ in range(4)]
    assert [one is not None for one in made] == [True, True, False, False]
    assert run.bounded


def test_no_call_begins_after_the_end_of_the_plan_or_of_the_run(server: Phone, tmp_path: Path) -> None:
    run = run_of(server, tmp_path, seconds=5.0)
    assert run.call(5.0) is None
    over = run.watch.over
    assert isinstance(over, threading.Event)
    over.set()
    assert run.call(0.0) is None
    assert server.forms == []


def moment(at: float, calls: int, turns: int) -> TimeSlice:
    return TimeSlice(at, 1.0, 0, calls, turns, 0, 0.0, 0.0, 0.0)


def test_rates_are_those_after_the_ramp_and_before_the_end() -> None:
    moments = [moment(float(at), 2, 10 if at < 5 else 20) for at in range(10)]
    assert steady(moments, 5.0, 10.0) == (2.0, 20.0)
    assert steady(moments, 5.0, 8.0) == (2.0, 20.0)


def test_a_run_that_ended_within_its_ramp_is_counted_whole_and_an_empty_one_is_nought() -> None:
    assert steady([moment(0.0, 4, 8)], 5.0, 2.0) == (2.0, 4.0)
    assert steady([], 5.0, 2.0) == (0.0, 0.0)


def test_the_result_has_the_plan_the_versions_and_what_was_counted(server: Phone, tmp_path: Path) -> None:
    run = run_of(server, tmp_path)
    run.call(0.0)
    result = run.result("calls", cpu=4.0)
    assert (result.ended, result.turns, result.calls.completed) == ("calls", 4, 1)
    assert result.client.cpu_us_per_turn == 1_000_000
    assert result.parameters["conversations"].endswith("talk.yaml")
    assert result.versions.keys() == {"python", *PACKAGES}
    assert result.conversations == {"asks": 1}


def test_a_package_that_is_not_there_is_said_to_be_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load_run, "PACKAGES", ("no-such-package",))
    assert load_run.versions()["no-such-package"] == "not installed"
