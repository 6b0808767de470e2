"""Counting."""

from __future__ import annotations

import math
import random

from ivr.loadtest.figures import MOST_STEPS, OTHER_STEPS, LoadFigures, Times


def filled(offset: float = 0.0) -> LoadFigures:
    figures = LoadFigures(width=1.0, budget=0.5)
    for number in range(100):
        figures.call_started("a talk", number / 10, late=0.2 if number == 5 else 0.0)
        figures.turn(number / 10 + offset, "press 1", 1, latency=(number + 1) / 1000, service=0.001)
        figures.audible(0.6 if number == 7 else 0.1)
        figures.call_ended("completed")
    figures.error(3.2, "press 1", 1, "status 500", "first")
    figures.error(3.3, "press 1", 1, "status 500", "second")
    return figures


def test_percentiles_are_exact_to_three_figures() -> None:
    spread = filled().steps()[0].latency
    assert spread.count == 100
    assert abs(spread.p50 - 50) < 0.1
    assert abs(spread.p99 - 99) < 0.1
    assert abs(spread.max - 100) < 0.1
    assert abs(spread.mean - 50.5) < 0.1


def test_errors_are_counted_by_kind_and_step_with_one_example() -> None:
    (error,) = filled().error_counts()
    assert (error.kind, error.step, error.count, error.example) == ("status 500", "press 1", 2, "first")


def test_what_two_machines_counted_adds_up() -> None:
    both, other = filled(), filled(offset=20)
    both.absorb(other.encode())
    assert both.turns == 200
    assert both.errors == 4
    assert both.calls().started == 200
    assert both.played == {"a talk": 200}
    assert both.steps()[0].latency.count == 200
    assert both.audible_delay().over == 2
    assert both.error_counts()[0].count == 4
    assert sum(moment.turns for moment in both.moments()) == 200
    assert both.totals()[0].spread().p50 == filled().totals()[0].spread().p50


def test_late_calls_are_counted_with_the_latest() -> None:
    calls = filled().calls()
    assert (calls.late, calls.latest_ms, calls.most_live) == (1, 200.0, 1)


def test_a_request_that_nobody_took_is_a_turn_without_a_latency() -> None:
    figures = LoadFigures()
    figures.turn(0.0, "the call arrives", 0, None, 0.001)
    assert figures.turns == 1
    assert figures.totals()[0].spread().count == 0


def test_there_are_never_too_many_steps() -> None:
    figures = LoadFigures()
    for number in range(MOST_STEPS + 50):
        figures.turn(0.0, f"step {number}", number, 0.001, 0.001)
    steps = figures.steps()
    assert len(steps) == MOST_STEPS + 1
    assert steps[-1].name == OTHER_STEPS
    assert steps[-1].latency.count == 50


def test_a_time_beyond_the_range_counts_as_the_limit() -> None:
    times = Times()
    times.record(3600.0)
    times.record(0.0)
    assert times.spread().count == 2
    assert times.spread().max > 590_000


def test_percentiles_of_known_times_are_right_within_a_thousandth() -> None:
    """The known delays of a server come back as percentiles; the rounding is that of three figures."""
    times = Times()
    known = sorted(random.Random(1).lognormvariate(-3.0, 0.8) for _ in range(10_000))
    for seconds in known:
        times.record(seconds)
    for point in (50, 90, 95, 99, 99.9):
        (told,) = times.percentiles((point,))
        assert abs(told / (known[math.ceil(point / 100 * len(known)) - 1] * 1000) - 1) < 0.001
