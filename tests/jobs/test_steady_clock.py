"""A jump of the wall clock is noticed, for as long as it lasts; drift and time that passes are none."""

from __future__ import annotations

from ivr.jobs.steady_clock import MOST_DRIFT, SteadyClock


def test_only_a_jump_is_one():
    wall, steady = [1_000_000.0], [50.0]
    clock = SteadyClock(lambda: wall[0], lambda: steady[0])
    assert not clock.has_jumped()
    wall[0] += 90_000 + MOST_DRIFT
    steady[0] += 90_000
    assert not clock.has_jumped()
    wall[0] += 7 * 3600
    assert clock.has_jumped()
    wall[0] -= 7 * 3600
    assert not clock.has_jumped()
    wall[0] -= 7 * 3600
    assert clock.has_jumped()
