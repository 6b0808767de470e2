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


class ThreadDeadline(threading.local):
    """The deadline of this thread for its use of the store, in seconds of `time.monotonic()`."""

    until = math.inf

    def left(self) -> float:
        """Return the seconds that this thread may wait: at most BUSY_SECONDS, and 0 after the deadline."""
        return max(0.0, min(BUSY_SECONDS, self.until - time.monotonic()))

    def of_write(self) -> float:
        """Return the time until which a write may wait. A write that need not wait is done after the deadline, too."""
        return min(self.until, time.monotonic() + BUSY_SECONDS)

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Set the deadline of the block, unless an outer deadline is nearer."""
        outer = self.until
        self.until = min(outer, time.monotonic() + seconds)
        try:
            yield
        finally:
            self.until = outer
