"""The deadline of a thread for its use of the store. A lease sets it; every lock of the store obeys it."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

BUSY_SECONDS = 5.0
"""The longest wait of a thread without a lease for a lock of the store."""
PING_SECONDS = 0.25
"""The longest wait of a health check for the store."""

LAST_WAIT = 0.3
"""The wait of a write at and after the deadline: other writers take milliseconds, and a stuck file fails at once."""


class ThreadDeadline(threading.local):
    """The deadline of this thread for its use of the store, in seconds of `time.monotonic()`."""

    until = math.inf

    def left(self) -> float:
        """Return the seconds that this thread may wait: at most BUSY_SECONDS, and 0 after the deadline."""
        return max(0.0, min(BUSY_SECONDS, self.until - time.monotonic()))

    def of_write(self) -> float:
        """Return the time until which a write may wait: LAST_WAIT at least, so that no answer of the bank is lost."""
        now = time.monotonic()
        return max(now + LAST_WAIT, min(self.until, now + BUSY_SECONDS))

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Set the deadline of the block, unless an outer deadline is nearer."""
        # Never later than the outer deadline: a service inside a turn must not outlast the request's own time.
        outer = self.until
        self.until = min(outer, time.monotonic() + seconds)
        try:
            yield
        finally:
            self.until = outer
