"""Clocks: virtual time moves when told to, real waits are bounded and sped up."""

from __future__ import annotations

import time

import pytest

from ivr.carrier.clock import RealClock, VirtualClock


def test_virtual_time_moves_by_sleeping_and_never_back() -> None:
    clock = VirtualClock(100.0)
    clock.sleep(3600)
    clock.sleep(-5)
    assert clock.now() == 3700.0
    clock.set(50.0)
    assert clock.now() == 50.0


@pytest.mark.parametrize(
    ("clock", "seconds", "slept"),
    [
        (RealClock(), 3.0, [3.0]),
        (RealClock(speed=10), 3.0, [0.3]),
        (RealClock(longest=1), 3.0, [1.0]),
        (RealClock(), 0.0, []),
    ],
)
def test_real_waits_are_divided_by_the_speed_and_bounded(
    clock: RealClock, seconds: float, slept: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    monkeypatch.setattr(time, "sleep", waits.append)
    clock.sleep(seconds)
    assert waits == pytest.approx(slept)
