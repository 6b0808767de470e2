"""Clocks for calls: virtual for tests, real for phones and load tests. Must not start a thread."""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    """A clock of a call."""

    def now(self) -> float:
        """Return Unix seconds."""

    def sleep(self, seconds: float) -> None:
        """Wait `seconds`."""


class VirtualClock:
    """A clock that moves only in `sleep`, so that an hour takes no time."""

    def __init__(self, start: float = 0.0) -> None:
        self._now = start

    def now(self) -> float:
        """Return Unix seconds."""
        return self._now

    def sleep(self, seconds: float) -> None:
        """Move forward by `seconds`; never back."""
        self._now += max(0.0, seconds)

    def set(self, now: float) -> None:
        """Set the Unix time, as between two conversations that begin at different times."""
        self._now = now


class RealClock:
    """The machine's clock. `speed` 2 halves every wait; no wait lasts longer than `longest` seconds."""

    def __init__(self, speed: float = 1.0, longest: float = float("inf")) -> None:
        self._speed = speed
        self._longest = longest

    def now(self) -> float:
        """Return Unix seconds."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        """Wait `seconds` divided by the clock's speed."""
        wait = min(seconds / self._speed, self._longest)
        if wait > 0:
            time.sleep(wait)
