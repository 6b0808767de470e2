"""The plan of a load: its bounds, and that it travels as one line."""

from __future__ import annotations

import pytest

from ivr.loadtest.plan import LONGEST_RAMP, MOST_SECONDS, MOST_USERS, SLICES, Plan, lines_for


@pytest.mark.parametrize(("rate", "lines"), [(None, 100), (0.5, 100), (20, 1200), (1e9, MOST_USERS)])
def test_there_are_lines_for_a_minute_of_arrivals(rate: float | None, lines: int) -> None:
    assert lines_for(rate) == lines


@pytest.mark.parametrize(
    ("seconds", "ramp", "rises"), [(60.0, None, 6.0), (600.0, None, LONGEST_RAMP), (5.0, 30.0, 5.0), (60.0, 0.0, 0.0)]
)
def test_the_load_rises_for_a_tenth_of_the_run_and_never_longer_than_it(
    seconds: float, ramp: float | None, rises: float
) -> None:
    assert Plan("f", "u", seconds=seconds, ramp=ramp).ramp_seconds == rises


@pytest.mark.parametrize("seconds", [1.0, 300.0, 301.0, MOST_SECONDS])
def test_a_report_never_has_too_many_slices(seconds: float) -> None:
    plan = Plan("f", "u", seconds=seconds)
    assert plan.slice_seconds >= 1
    assert seconds / plan.slice_seconds <= SLICES


def test_a_plan_is_read_as_it_was_written() -> None:
    plan = Plan("main_menu", "http://127.0.0.1:8080", rate=2.5, ramp=None, seed=7)
    assert "\n" not in plan.encode()
    assert Plan.decode(plan.encode()) == plan
