"""The rule by which work fails at once while a store is known to be stuck."""

from __future__ import annotations

import math

NEVER = -math.inf
STUCK_SECONDS = 1.0
"""The time of failures in a row after which a store counts as stuck."""


class Breaker:
    """Knows whether a store is stuck: every try of STUCK_SECONDS in a row has failed, the last one just now.

    Times are seconds of `time.monotonic()`. While a store is stuck, its users let one thread, the prober, go on trying,
    and fail all others at once. Writes of attributes are atomic, so there is no lock.
    """

    def __init__(self) -> None:
        self._since = self._last = NEVER

    def note_fault(self, now: float, began: float | None = None) -> None:
        """Note a failed try, or one that has waited since `began` without success."""
        # A gap between two faults means that the store worked or was not used: the count of time begins anew.
        if now - self._last > STUCK_SECONDS:
            self._since = now if began is None else began
        self._last = now

    def note_success(self) -> None:
        """Note that the store works."""
        self._last = NEVER

    def is_open(self, now: float) -> bool:
        """Return whether the store is stuck."""
        return now - self._last <= STUCK_SECONDS and now - self._since >= STUCK_SECONDS
