"""One SQLite connection per thread: opened on use, closed with its thread, never used in a forked child."""

from __future__ import annotations

import ctypes
import os
import sqlite3
import threading
import time
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from ivr.errors import StoreBusy, StoreError

from ._deadline import ThreadDeadline
from ._documents import NESTED, READING
from ._sqlite_file import DAMAGE, OpenFile
from ._sqlite_tables import APPLICATION_ID, LATER, LAYOUT, TABLES

FIRST_PAUSE, LONGEST_PAUSE = 0.0001, 0.002

REASONS = {
    sqlite3.SQLITE_BUSY: "other processes have kept it locked for too long",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened; check that it is a file in a folder that may be written",
    sqlite3.SQLITE_CORRUPT: "it is damaged; stop the server, keep the file, and restore a backup",
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_IOERR: "the disk reported a fault",
    sqlite3.SQLITE_LOCKED: "other processes have kept it locked for too long",
    sqlite3.SQLITE_NOTADB: "it is not a SQLite database",
    sqlite3.SQLITE_PERM: "permission is denied",
    sqlite3.SQLITE_READONLY: "it is read-only for this user",
}

_SOON_FREE = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


class Connections:
    """The connections of this process to one file. `forked()` must be called in a forked child."""

    def __init__(self, file: Path, deadline: ThreadDeadline, *, synchronous: str) -> None:
        self.file, self.deadline = file, deadline
        self._synchronous = synchronous
        self._closed = False
        self.open_file = OpenFile(file)
        self._thread = _Thread()
        self._open: weakref.WeakSet[_Held] = weakref.WeakSet()

    def get(self) -> sqlite3.Connection:
        """Return this thread's connection. Raises StoreError when the file cannot be opened."""
        held = self._thread.held
        return self._connect() if held is None else held.connection

    def for_writing(self) -> sqlite3.Connection:
        """Return this thread's connection. Raises StoreError inside of `reading` and of another write."""
        thread = self._thread
        connection = self._connect() if thread.held is None else thread.held.connection
        if thread.reading:
            raise StoreError(READING)
        try:
            nested = connection.in_transaction
        except sqlite3.Error as fault:
            raise self.fault(fault) from None
        if nested:
            raise StoreError(NESTED)
        return connection

    def execute(self, statement: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
        """Execute one statement; wait while the file is locked, as long as this thread's deadline allows.

        Why not SQLite's own busy timeout: it sleeps 1 to 100 milliseconds, where a turn is written in 50 us.
        """
        connection = self.get()
        if self._thread.reading and not connection.in_transaction:
            # Deferred: the first read decides which state the transaction sees; it takes no lock against writers.
            connection.execute("BEGIN")
        try:
            return connection.execute(statement, values)
        except sqlite3.OperationalError as fault:
            if not is_busy(fault):
                raise
        return self._execute_patiently(connection, statement, values)

    def begin_reading(self) -> None:
        """Let the reads of this thread share one transaction, which the first of them begins.

        Raises StoreError inside of another `reading` and of a write.
        """
        self.for_writing()
        self._thread.reading = True

    def end_reading(self) -> None:
        """End the transaction that the reads share. A thread that has read nothing and a forked child have none."""
        thread = self._thread
        thread.reading = False
        with suppress(sqlite3.Error):
            if thread.held is not None and thread.held.connection.in_transaction:
                thread.held.connection.execute("COMMIT")

    def set_up(self) -> None:
        """Create the file and its tables if they are missing. Raises StoreError for the database of another program."""
        with self.faults():
            _private_file(self.file)
            if self.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                self._recognise()
            # Network file systems lack the shared memory that the log needs; there SQLite falls back silently and
            # readers would block writers.
            if self.execute("PRAGMA journal_mode = WAL").fetchone()[0] != "wal":
                raise StoreError(f"{self.file}: this file system allows no write-ahead log; use a local disk")
            if not self.execute("PRAGMA user_version").fetchone()[0]:
                self._create_tables()
            for statement in LATER:
                self.execute(statement)
            self.open_file.opened()

    def undo(self, connection: sqlite3.Connection) -> None:
        """Roll back an open transaction; errors of the disk are ignored."""
        with suppress(sqlite3.Error):
            if connection.in_transaction:
                connection.execute("ROLLBACK")

    @contextmanager
    def faults(self) -> Iterator[None]:
        """Convert errors of SQLite and the operating system to StoreError."""
        try:
            yield
        except (sqlite3.Error, OSError) as fault:
            raise self.fault(fault) from None

    def fault(self, fault: sqlite3.Error | OSError) -> StoreError:
        """Return the StoreError for a failure, with its cause in plain words."""
        if isinstance(fault, OSError):
            return StoreError(f"{self.file}: {fault.strerror}")
        if self._closed:
            return StoreError(f"{self.file}: the store has been closed")
        code = getattr(fault, "sqlite_errorcode", 0) & 0xFF
        if code in DAMAGE:
            self.open_file.met_damage()
        kind = StoreBusy if code in _SOON_FREE else StoreError
        return kind(f"{self.file}: {REASONS.get(code, str(fault))}")

    def forked(self) -> None:
        """Abandon the parent's connections without closing them: closing one in the child could harm the file."""
        for held in self._open:
            # One reference that is never given back, so that `__del__` never closes the connection in this process.
            ctypes.pythonapi.Py_IncRef(ctypes.py_object(held))
        self._thread = _Thread()
        self._open = weakref.WeakSet()

    def close(self) -> None:
        """Close the connections of all threads. No thread may be using the store."""
        self._closed = True
        for held in list(self._open):
            held.connection.close()

    def _connect(self) -> sqlite3.Connection:
        if self._closed:
            raise StoreError(f"{self.file}: the store has been closed")
        with self.faults():
            connection = sqlite3.connect(
                self.file,
                timeout=self.deadline.left(),
                # Transactions are begun by hand; the module would otherwise begin them by itself before each INSERT.
                isolation_level=None,
                # `close` closes the connections of all threads, and the collector that of a thread that has ended.
                check_same_thread=False,
                cached_statements=64,
            )
            try:
                # The thread for checkpoints does it, so that no caller's commit waits for the disk.
                connection.execute("PRAGMA wal_autocheckpoint = 0")
                connection.execute(f"PRAGMA synchronous = {self._synchronous}")
                connection.execute("PRAGMA busy_timeout = 0")
            except BaseException:
                connection.close()
                raise
        self._thread.held = _Held(connection)
        self._open.add(self._thread.held)
        return connection

    def _create_tables(self) -> None:
        connection = self.get()
        self.execute("BEGIN IMMEDIATE")
        try:
            for statement in TABLES:
                connection.execute(statement)
            connection.execute("COMMIT")
        except BaseException:
            self.undo(connection)
            raise

    def _execute_patiently(
        self, connection: sqlite3.Connection, statement: str, values: Sequence[Any]
    ) -> sqlite3.Cursor:
        until, pause = time.monotonic() + self.deadline.left(), FIRST_PAUSE
        while True:
            time.sleep(pause)
            try:
                return connection.execute(statement, values)
            except sqlite3.OperationalError as fault:
                if not is_busy(fault) or time.monotonic() > until:
                    raise
            pause = min(pause * 2, LONGEST_PAUSE)

    def _recognise(self) -> None:
        if self.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
            raise StoreError(f"{self.file}: it is a database of another program; name another file")
        if self.execute("PRAGMA user_version").fetchone()[0] > LAYOUT:
            raise StoreError(
                f"{self.file}: it was written by a newer version of ivr; install that version or name another file"
            )


class ReadingBlock:
    """The context manager of `CallStore.reading`. A class, because a generator would cost as much as a read."""

    __slots__ = ("_connections",)

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def __enter__(self) -> None:
        self._connections.begin_reading()

    def __exit__(self, *_: object) -> None:
        self._connections.end_reading()


class _Thread(threading.local):
    """The state of one thread: its connection, and whether it is inside of `reading`."""

    held: _Held | None = None
    reading = False


class _Held:
    """Holds a thread's connection, and closes it when the thread ends."""

    __slots__ = ("__weakref__", "connection")

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def __del__(self) -> None:
        self.connection.close()


def is_busy(fault: sqlite3.OperationalError) -> bool:
    """Return whether a statement failed because the file is locked."""
    return fault.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY


def _private_file(file: Path) -> None:
    """Create the file with access for this user only; SQLite gives its -wal and -shm files the same rights."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
