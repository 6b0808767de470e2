"""Hang-ups that could not be recorded because the store was busy: they are recorded as soon as it is not.

The carrier reports the end of a call once. Until it is recorded, a caller who has gone keeps a place in the queue.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

from ivr.engine.ports import Incoming
from ivr.errors import StoreBusy
from ivr.telemetry import log

PAUSE_SECONDS = 1.0
"""The pause between two tries while the store is busy."""
_MOST_WAITING = 10_000


class LateHangUps:
    """Records hang-ups by `hang_up`, at once if it can. Thread-safe.

    Those that wait are lost with the process; such calls are ended as lost after hours without a request.
    """

    def __init__(self, hang_up: Callable[[Incoming], None], *, pause: float = PAUSE_SECONDS) -> None:
        self._hang_up, self._pause = hang_up, pause
        self._waiting: deque[Incoming] = deque(maxlen=_MOST_WAITING)
        self._lock = threading.Lock()
        self._runs = False

    def record(self, gone: Incoming) -> None:
        """Record a hang-up, now or later. Raises what `hang_up` raises for any other reason than a busy store."""
        try:
            self._hang_up(gone)
        except StoreBusy as fault:
            log.fault("hang_up_later", fault)
            with self._lock:
                self._waiting.append(gone)
                if not self._runs:
                    self._runs = True
                    threading.Thread(target=self._go_on, name="ivr-late-hang-ups", daemon=True).start()

    def _go_on(self) -> None:
        patience = threading.Event()
        while True:
            with self._lock:
                # Under the lock, together with the test: a hang-up that comes now must see that no thread will take it.
                if not self._waiting:
                    self._runs = False
                    return
                gone = self._waiting[0]
            try:
                self._hang_up(gone)
            except StoreBusy:
                patience.wait(self._pause)
                continue
            except Exception as fault:  # one call that cannot be ended must not keep others from it
                log.fault("status", fault)
            with self._lock:
                # Compared, since a full deque has dropped its oldest hang-up to make room for a newer one.
                if self._waiting and self._waiting[0] is gone:
                    self._waiting.popleft()
