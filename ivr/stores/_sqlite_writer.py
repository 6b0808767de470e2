"""One write transaction at a time in this process, and a bounded wait while another process keeps the file locked."""

from __future__ import annotations

import sqlite3
import threading
import time
from types import TracebackType

from ivr.errors import StoreBusy

from ._breaker import Breaker
from ._sqlite_connections import FIRST_PAUSE, LONGEST_PAUSE, REASONS, Connections, is_busy

STUCK_CHECK_SECONDS = 0.05
"""The interval at which a waiting writer checks whether the file is stuck."""


class OneWriter:
    """A context manager: one write transaction, and only one thread of this process in it.

    Waiting for a lock in memory is faster than polling the file. The block gets the connection; its end commits unless
    the block has rolled back itself, and an exception rolls back. Errors of SQLite leave it as StoreError.

    A file that another process keeps locked is stuck by the rule of `Breaker`: only one writer, the prober, goes on
    trying until its deadline; all others fail at once. When the prober fails, the next writer becomes the prober. The
    first successful write ends this state.
    """

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._lock = threading.Lock()
        self._breaker = Breaker()

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
            # A COMMIT that fails, as on a full disk, leaves the transaction open; it is rolled back below.
            fault = broken
        finally:
            if fault is not None:
                self._connections.undo(connection)
            self._lock.release()
        if isinstance(fault, sqlite3.Error):
            raise self._connections.fault(fault) from None

    def _queue(self, until: float) -> None:
        """Wait for the earlier writers; fail at once when one of them is the prober of a stuck file."""
        while not self._breaker.is_open(time.monotonic()) and (left := until - time.monotonic()) > 0:
            # In slices: a writer that waits behind the prober of a stuck file must not wait as long as the prober does.
            if self._lock.acquire(timeout=min(left, STUCK_CHECK_SECONDS)):
                return
        raise StoreBusy(f"{self._connections.file}: {REASONS[sqlite3.SQLITE_BUSY]}")

    def _begin(self, connection: sqlite3.Connection, until: float) -> None:
        pause = FIRST_PAUSE
        while True:
            try:
                # IMMEDIATE, because a transaction that begins by reading cannot always become a writing one: SQLite
                # refuses it with SQLITE_BUSY at once, without any wait, when another has written in between.
                connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as fault:
                now = time.monotonic()
                if not is_busy(fault):
                    raise
                self._breaker.note_fault(now)
                if now >= until:
                    raise
            else:
                self._breaker.note_success()
                return
            time.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
