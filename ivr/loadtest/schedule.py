"""Schedule calls and their requests. Times are seconds of the run. Must not wait or read a clock.

Due times never depend on the speed of the server. If a request is sent late because an answer was late, the delay
counts as latency, so a stalling server cannot hide behind fewer requests (coordinated omission).
"""

from __future__ import annotations

import math
import random
from typing import Protocol

SIGMA = 0.5
LONGEST_THINK = 4.0


class Arrivals(Protocol):
    """The arrivals of calls."""

    def due(self, free: float) -> float:
        """Return the second of the line's next call; `free` is the planned end of its previous one."""


class BackToBack:
    """Every line starts its next call at the planned end of the previous one, so all lines are always busy."""

    def due(self, free: float) -> float:
        """Return the second of the line's next call."""
        return free


class Random:
    """Calls arrive independently of each other at `rate` a second (Poisson), rising from none over `ramp` seconds.

    All lines share one schedule; the first free line takes the next call. If no line is free, the call waits and is
    late.
    """

    def __init__(self, rate: float, ramp: float, chance: random.Random) -> None:
        self._rate = rate
        self._ramp = ramp
        self._chance = chance
        self._expected = 0.0

    def due(self, free: float) -> float:
        """Return the second of the line's next call."""
        # In expected arrivals, which the two lines below turn into time: during the ramp their number grows with the
        # square of it.
        self._expected += self._chance.expovariate(1.0)
        in_ramp = self._rate * self._ramp / 2
        if self._expected < in_ramp:
            return math.sqrt(2 * self._ramp * self._expected / self._rate)
        return self._ramp / 2 + self._expected / self._rate


class Timeline:
    """The plan of one call: `due` is the second of the run at which its next request is to be sent."""

    def __init__(self, start: float, speed: float) -> None:
        self.due = start
        self._speed = speed
        self._waited = True

    def wait(self, seconds: float) -> None:
        """Add the seconds of prompts, silences or talks, divided by the plan's speed."""
        if seconds > 0:
            self.due += seconds / self._speed
            self._waited = True

    def think(self, seconds: float) -> None:
        """Add the seconds in which the caller thinks and types, at human pace."""
        self.due += seconds
        self._waited = True

    def answered(self, at: float) -> None:
        """Record an answer. A request that follows without a wait is due at the time of the answer."""
        self._waited = False
        self._answer = at

    def next_due(self) -> float:
        """Return the second when the next request is due."""
        if not self._waited:
            # A redirect follows at once, so that a slow answer moves it; behind a wait the plan holds, and the delay
            # counts.
            self.due = max(self.due, self._answer)
        return self.due


def thinking(chance: random.Random, median: float) -> float:
    """Draw the think time of a caller: log-normal, as human reaction times are, and at most four medians."""
    return median * min(chance.lognormvariate(0.0, SIGMA), LONGEST_THINK) if median else 0.0
