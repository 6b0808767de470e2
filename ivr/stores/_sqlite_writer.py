"""One write transaction at a time in this process, and a bounded wait while another process keeps the file locked."""

from __future__ import annotations

import math
import sqlite3
import threading
import time
from types import TracebackType

from ivr.errors import StoreBusy

from ._sqlite_connections import FIRST_PAUSE, LONGEST_PAUSE, REASONS, Connections, is_busy

NEVER = -math.inf
STUCK_SECONDS = 1.0
"""The time without a successful write after which the file counts as stuck."""
STUCK_CHECK_SECONDS = 0.05
"""The interval at which a waiting writer checks whether the file is stuck."""


class OneWriter:
    """A context manager: one write transaction, and only one thread of this process in it.

    Waiting for a lock in memory is faster than polling the file. The block gets the connection; its end commits unless
    the block has rolled back itself, and an exception rolls back. Errors of SQLite leave it as StoreError.

    The rule of a stuck file: once every try of STUCK_SECONDS in a row has found it locked by another process, only one
    writer, the prober, goes on trying until its deadline; all others fail at once. When the prober fails, the next
    writer becomes the prober. The first successful write ends this state.
    """

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._lock = threading.Lock()
        self._busy_since = self._busy_last = NEVER

    def __enter__(self) -> sqlite3.Connection:
        connection = self._connections.for_writing()
        until = self._connections.deadline.of_write()
        if not self._lock.acquire(blocking=False):
            self._queue(until)
        try:
            self._begin(connection, until)
        except BaseException as fault:
            self._lock.release()
            if isinstance(fault, sqlite3.Error):
                raise self._connections.fault(fault) from None
            raise
        return connection

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        connection = self._connections.get()
        try:
            if kind is None and connection.in_transaction:
                connection.execute("COMMIT")
                return
        except sqlite3.Error as broken:
            fault = broken
        finally:
            if fault is not None:
                self._connections.undo(connection)
            self._lock.release()
        if isinstance(fault, sqlite3.Error):
            raise self._connections.fault(fault) from None

    def _queue(self, until: float) -> None:
        """Wait for the earlier writers; fail at once when one of them is the prober of a stuck file."""
        while not self._is_stuck() and (left := until - time.monotonic()) > 0:
            if self._lock.acquire(timeout=min(left, STUCK_CHECK_SECONDS)):
                return
        raise StoreBusy(f"{self._connections.file}: {REASONS[sqlite3.SQLITE_BUSY]}")

    def _begin(self, connection: sqlite3.Connection, until: float) -> None:
        pause = FIRST_PAUSE
        while True:
            try:
                connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as fault:
                now = time.monotonic()
                if not is_busy(fault):
                    raise
                self._note_busy(now)
                if now >= until:
                    raise
            else:
                self._busy_last = NEVER
                return
            time.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    def _note_busy(self, now: float) -> None:
        if now - self._busy_last > STUCK_SECONDS:
            self._busy_since = now
        self._busy_last = now

    def _is_stuck(self) -> bool:
        now = time.monotonic()
        return now - self._busy_last <= STUCK_SECONDS and now - self._busy_since >= STUCK_SECONDS
