"""When calls and their requests are due. Times are seconds of the run; nothing here waits or looks at a clock.

Due times never depend on how fast the server answers. A request that is sent late because an answer was late counts
its lateness in its latency, so a server that stalls cannot hide it by being asked less (coordinated omission).
"""

from __future__ import annotations

import math
import random
from typing import Protocol

SIGMA = 0.5
LONGEST_THINK = 4.0


class Arrivals(Protocol):
    """Tells a free line when its next call is due."""

    def due(self, free: float) -> float:
        """Return the second at which to start; `free` is when the line's call before was planned to end."""


class BackToBack:
    """Every line starts its next call when the one before was planned to end: as many calls as lines, all the time."""

    def due(self, free: float) -> float:
        """Return the second at which to start."""
        return free


class Random:
    """Calls arrive independently of each other at `rate` a second (Poisson), rising from none over `ramp` seconds.

    All lines share one schedule; the line that is free first takes the next call. When none is free, the call waits and
    is late.
    """

    def __init__(self, rate: float, ramp: float, chance: random.Random) -> None:
        self._rate = rate
        self._ramp = ramp
        self._chance = chance
        self._expected = 0.0

    def due(self, free: float) -> float:
        """Return the second at which to start."""
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
        """Let prompts, silences and talks pass; they take `speed` times less than real ones."""
        if seconds > 0:
            self.due += seconds / self._speed
            self._waited = True

    def think(self, seconds: float) -> None:
        """Let the caller think and type, at a human pace."""
        self.due += seconds
        self._waited = True

    def answered(self, at: float) -> None:
        """Note an answer. A request that follows without any wait is due at once, not when the one before was."""
        self._waited = False
        self._answer = at

    def next_due(self) -> float:
        """Say when the next request is due."""
        if not self._waited:
            self.due = max(self.due, self._answer)
        return self.due


def thinking(chance: random.Random, median: float) -> float:
    """Draw how long a caller takes to act: log-normal, as human reaction times are, and never over four medians."""
    return median * min(chance.lognormvariate(0.0, SIGMA), LONGEST_THINK) if median else 0.0
