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

from ivr.errors import StoreError

from ._sqlite_tables import APPLICATION_ID, LATER, LAYOUT, TABLES

BUSY_SECONDS = 5.0
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


class OneWriter:
    """Lets one thread of this process write at a time: waiting for a lock in memory is faster than polling the file."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        if not self._lock.acquire(timeout=BUSY_SECONDS):
            raise StoreError(f"{self._file}: {REASONS[sqlite3.SQLITE_BUSY]}")

    def __exit__(self, *_: object) -> None:
        self._lock.release()


class Connections:
    """The connections of this process to one file. `forked()` must be called in a forked child."""

    def __init__(self, file: Path, *, synchronous: str) -> None:
        self.file = file
        self._synchronous = synchronous
        self._closed = False
        self._local = threading.local()
        self._open: weakref.WeakSet[_Held] = weakref.WeakSet()

    def get(self) -> sqlite3.Connection:
        """Return this thread's connection. Raises StoreError when the file cannot be opened."""
        try:
            connection: sqlite3.Connection = self._local.held.connection
        except AttributeError:
            return self._connect()
        return connection

    def execute(self, statement: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
        """Execute one statement; wait up to BUSY_SECONDS while another process writes.

        Why not SQLite's own busy timeout: it sleeps 1 to 100 milliseconds, where a turn is written in 50 us.
        """
        connection = self.get()
        try:
            return connection.execute(statement, values)
        except sqlite3.OperationalError as fault:
            if not _is_busy(fault):
                raise
        return self._execute_patiently(connection, statement, values)

    def set_up(self) -> None:
        """Create the file and its tables if they are missing. Raises StoreError for the database of another program."""
        with self.faults():
            _private_file(self.file)
            if self.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                self._recognise()
            if self.execute("PRAGMA journal_mode = WAL").fetchone()[0] != "wal":
                raise StoreError(f"{self.file}: this file system allows no write-ahead log; use a local disk")
            if not self.execute("PRAGMA user_version").fetchone()[0]:
                with self.transaction():
                    for statement in TABLES:
                        self.execute(statement)
            for statement in LATER:
                self.execute(statement)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Run the block in one transaction. For rare writes: turns use a shorter way, see `SqliteStore.save`."""
        connection = self.get()
        with self.faults():
            self.execute("BEGIN IMMEDIATE")
            try:
                yield
                connection.execute("COMMIT")
            except BaseException:
                self.undo(connection)
                raise

    def undo(self, connection: sqlite3.Connection) -> None:
        """Roll back an open transaction; errors of the disk are ignored."""
        with suppress(sqlite3.Error):
            if connection.in_transaction:
                connection.execute("ROLLBACK")

    @contextmanager
    def faults(self) -> Iterator[None]:
        """Turn errors of SQLite and the operating system into StoreError."""
        try:
            yield
        except (sqlite3.Error, OSError) as fault:
            raise self.fault(fault) from None

    def fault(self, fault: sqlite3.Error | OSError) -> StoreError:
        """Return a StoreError that says in plain words what is wrong with the file."""
        if isinstance(fault, OSError):
            return StoreError(f"{self.file}: {fault.strerror}")
        if self._closed:
            return StoreError(f"{self.file}: the store has been closed")
        code = getattr(fault, "sqlite_errorcode", 0) & 0xFF
        return StoreError(f"{self.file}: {REASONS.get(code, str(fault))}")

    def forked(self) -> None:
        """Abandon the parent's connections without closing them: closing one in the child could harm the file."""
        for held in self._open:
            ctypes.pythonapi.Py_IncRef(ctypes.py_object(held))
        self._local = threading.local()
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
                self.file, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False, cached_statements=64
            )
            try:
                connection.execute("PRAGMA wal_autocheckpoint = 0")
                connection.execute(f"PRAGMA synchronous = {self._synchronous}")
                connection.execute("PRAGMA busy_timeout = 0")
            except BaseException:
                connection.close()
                raise
        self._local.held = _Held(connection)
        self._open.add(self._local.held)
        return connection

    def _execute_patiently(
        self, connection: sqlite3.Connection, statement: str, values: Sequence[Any]
    ) -> sqlite3.Cursor:
        until, pause = time.monotonic() + BUSY_SECONDS, FIRST_PAUSE
        while True:
            time.sleep(pause)
            try:
                return connection.execute(statement, values)
            except sqlite3.OperationalError as fault:
                if not _is_busy(fault) or time.monotonic() > until:
                    raise
            pause = min(pause * 2, LONGEST_PAUSE)

    def _recognise(self) -> None:
        if self.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
            raise StoreError(f"{self.file}: it is a database of another program; name another file")
        if self.execute("PRAGMA user_version").fetchone()[0] > LAYOUT:
            raise StoreError(
                f"{self.file}: it was written by a newer version of ivr; install that version or name another file"
            )


class _Held:
    """Holds a thread's connection, and closes it when the thread ends."""

    __slots__ = ("__weakref__", "connection")

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def __del__(self) -> None:
        self.connection.close()


def _is_busy(fault: sqlite3.OperationalError) -> bool:
    return fault.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY


def _private_file(file: Path) -> None:
    """Create the file with access for this user only; SQLite gives its -wal and -shm files the same rights."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
