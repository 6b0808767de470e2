"""Notice that the wall clock has jumped, so that nothing is ended or deleted by a wrong time."""

from __future__ import annotations

import time
from collections.abc import Callable

MOST_DRIFT = 300.0
"""Seconds by which the wall clock may leave the steady one: time servers correct by less, slowly."""


class SteadyClock:
    """Compares the wall clock with one that never jumps, from the start of the process on.

    A jump that is right, as after a start with a wrong time, is believed after a restart.
    """

    def __init__(self, clock: Callable[[], float], timer: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._timer = clock, timer
        self._offset = clock() - timer()

    def has_jumped(self) -> bool:
        """Return whether the two clocks have come apart by more than MOST_DRIFT."""
        return abs(self._clock() - self._timer() - self._offset) > MOST_DRIFT
