"""How long a thread may wait for the store. A lease sets the bound; every lock of the store asks for it."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

BUSY_SECONDS = 5.0
"""So long a thread without a lease waits for a lock of the store."""


class ThreadDeadline(threading.local):
    """The time at which this thread must be done with the store, as `time.monotonic()` counts."""

    until = math.inf

    def left(self) -> float:
        """Return how many seconds this thread may wait: at most BUSY_SECONDS, and 0 when its time is over."""
        return max(0.0, min(BUSY_SECONDS, self.until - time.monotonic()))

    def of_write(self) -> float:
        """Return until when a write may wait. One that need not wait is done also when the time is over."""
        return min(self.until, time.monotonic() + BUSY_SECONDS)

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Bound everything inside the block; a nearer deadline outside of it still holds."""
        outer = self.until
        self.until = min(outer, time.monotonic() + seconds)
        try:
            yield
        finally:
            self.until = outer
