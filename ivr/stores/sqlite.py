"""A store in one SQLite file, shared by all processes of one machine. `save` writes a turn in one commit. No ORM.

Why a thread of its own checkpoints the write-ahead log: a checkpoint waits for the disk, and SQLite would run it inside
the turn of the caller who filled the log. A killed process loses nothing that was saved; a power cut loses the turns
since the last checkpoint, unless the URL says `?synchronous=FULL`.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
import weakref
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from ivr.engine.ports import JournalRow, Saved
from ivr.errors import SettingsError, StoreError
from ivr.settings import store_file

from ._lease import LEASE_SECONDS, SETUP, FileLeases
from ._sqlite_board import SqliteBoard
from ._sqlite_calls import SqliteCalls
from ._sqlite_connections import Connections, OneWriter
from ._sqlite_documents import SqliteDocuments

CHECKPOINT_SECONDS = 5.0
CHECKPOINT_TURNS = 500
LONGEST_LOG = 64 << 20
TRUNCATE_MILLISECONDS = 100
_PAGE = 4096

LOAD_LIVE = "SELECT turn, key, call, reply FROM live WHERE call_id = ?"
LOAD_PAST = "SELECT turn, key, call, reply FROM past WHERE call_id = ?"
BEGIN = """INSERT OR IGNORE INTO live (turn, key, call, reply, call_id) SELECT ?, ?, ?, ?, ?
    WHERE NOT EXISTS (SELECT 1 FROM past WHERE call_id = ?)"""
UPDATE = "UPDATE live SET turn = ?, key = ?, call = ?, reply = ? WHERE call_id = ? AND turn = ?"
LEAVE = "DELETE FROM live WHERE call_id = ? AND turn = ?"
END = """INSERT OR IGNORE INTO past (turn, key, call, reply, call_id) SELECT ?, ?, ?, ?, ?
    WHERE NOT EXISTS (SELECT 1 FROM live WHERE call_id = ?)"""
JOURNAL = "INSERT INTO journal (call_id, turn, at, kind, data) VALUES (?, ?, ?, ?, ?)"
READ_ALL = """SELECT call_id, turn, at, kind, data FROM journal
    WHERE id >= ? + (SELECT COALESCE(MIN(id), 1) FROM journal) ORDER BY id LIMIT ?"""
READ_CALL = "SELECT call_id, turn, at, kind, data FROM journal WHERE call_id = ? ORDER BY id LIMIT ? OFFSET ?"


def connect(url: str) -> SqliteStore:
    """Open `sqlite:///relative.db` or `sqlite:////absolute.db`; `?synchronous=FULL` makes turns wait for the disk.

    Raises SettingsError for another URL or option, StoreError when the file cannot be used.
    """
    file = store_file(url)
    options = dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))
    synchronous = options.pop("synchronous", "NORMAL").upper()
    if file is None:
        raise SettingsError("a SQLite address is sqlite:///folder/file.db, with four slashes for an absolute path")
    if options or synchronous not in {"NORMAL", "FULL"}:
        raise SettingsError("the only option of a SQLite address is ?synchronous=NORMAL or ?synchronous=FULL")
    return SqliteStore(file, synchronous=synchronous)


class SqliteStore(SqliteCalls, SqliteDocuments, SqliteBoard):
    """A Store in one file, for any number of threads and processes. It survives a fork."""

    def __init__(self, file: Path, *, synchronous: str = "NORMAL", lease_seconds: float = LEASE_SECONDS) -> None:
        self._connections = Connections(file.absolute(), synchronous=synchronous)
        with self._connections.faults():
            file.parent.mkdir(parents=True, exist_ok=True)
        self._leases = FileLeases(file.absolute().with_name(f"{file.name}-lease"), seconds=lease_seconds)
        self._start()
        try:
            with self._leases.at(SETUP):
                self._connections.set_up()
        except BaseException:
            self.close()
            raise
        _stores.add(self)

    def lease(self, call_id: str) -> AbstractContextManager[None]:
        """Hold the exclusive right to change this call. Raises StoreError if it is not free within `lease_seconds`."""
        return self._leases.of(call_id)

    def load(self, call_id: str) -> Saved | None:
        """Return the live call, else the ended call in its last state, else None."""
        execute = self._connections.execute
        try:
            row, ended = execute(LOAD_LIVE, (call_id,)).fetchone(), False
            if row is None:
                row, ended = execute(LOAD_PAST, (call_id,)).fetchone(), True
        except sqlite3.Error as fault:
            raise self._connections.fault(fault) from None
        if row is None:
            return None
        turn, key, call, reply = row
        return Saved(call_id, turn, key, call, reply, ended)

    def save(self, saved: Saved, rows: Sequence[JournalRow], *, expected: int | None) -> bool:
        """Write the turn and its journal rows in one commit; return False if the stored turn is not `expected`."""
        connection = self._connections.get()
        with self._writing:
            try:
                self._connections.execute("BEGIN IMMEDIATE")
                if not _place(connection, saved, expected):
                    connection.execute("ROLLBACK")
                    return False
                connection.executemany(JOURNAL, [(r.call_id, r.turn, r.at, r.kind, r.data) for r in rows])
                connection.execute("COMMIT")
            except BaseException as fault:
                self._connections.undo(connection)
                if isinstance(fault, sqlite3.Error):
                    raise self._connections.fault(fault) from None
                raise
        self._count_write()
        return True

    def journal(self, call_id: str | None = None, *, after: int = 0, limit: int = 1000) -> Sequence[JournalRow]:
        """Return journal rows of one call or of all, in the order of writing; skip the first `after`."""
        with self._connections.faults():
            execute = self._connections.execute
            rows = execute(READ_ALL, (after, limit)) if call_id is None else execute(READ_CALL, (call_id, limit, after))
            return [JournalRow(*row) for row in rows]

    def live(self) -> int:
        """Count the calls that have not ended."""
        with self._connections.faults():
            return int(self._connections.execute("SELECT live FROM tally").fetchone()[0])

    def keep_release(self, version: str, files: Mapping[str, str]) -> None:
        """Store the flow files of a release; a version that is stored already is left as it is."""
        text = json.dumps(dict(files), ensure_ascii=False)
        with self._writing, self._connections.transaction():
            self._connections.execute("INSERT OR IGNORE INTO releases VALUES (?, ?)", (version, text))

    def release(self, version: str) -> Mapping[str, str] | None:
        """Return the flow files stored under this content hash, or None."""
        with self._connections.faults():
            query = "SELECT files FROM releases WHERE version = ?"
            row = self._connections.execute(query, (version,)).fetchone()
        return dict(json.loads(row[0])) if row else None

    def ping(self) -> None:
        """Read and write once. Raises StoreError with the reason when either fails."""
        with self._writing, self._connections.transaction():
            self._connections.execute("UPDATE tally SET pings = pings + 1")

    def close(self) -> None:
        """Close files and connections. No thread may be using the store."""
        _stores.discard(self)
        self._stop.set()
        self._wake.set()
        if self._checkpoints is not None:
            self._checkpoints.join()
        self._connections.close()
        self._leases.close()

    def _start(self) -> None:
        """Create the locks and events of this process; the checkpoint thread starts with its first write."""
        self._writing = OneWriter(self._connections.file)
        self._wake, self._stop = threading.Event(), threading.Event()
        self._checkpoints: threading.Thread | None = None
        self._unsynced = 0

    def _forked(self) -> None:
        self._leases.forked()
        self._connections.forked()
        self._start()

    def _count_write(self) -> None:
        """Count a commit. The count may be too low (two threads at once), which is harmless as long as it is not 0."""
        self._unsynced += 1
        if self._unsynced >= CHECKPOINT_TURNS or self._checkpoints is None:
            self._checkpoint_soon()

    def _checkpoint_soon(self) -> None:
        """Wake the checkpoint thread; start it with the first write of a process."""
        with self._writing:
            if self._checkpoints is None:
                target, reference = _checkpoint_for_ever, weakref.ref(self)
                arguments = (reference, self._wake, self._stop)
                self._checkpoints = threading.Thread(target=target, args=arguments, name="ivr-checkpoints", daemon=True)
                self._checkpoints.start()
        if self._unsynced >= CHECKPOINT_TURNS:
            self._wake.set()

    def _checkpoint(self) -> None:
        """Checkpoint without blocking writers; only a log longer than LONGEST_LOG blocks them briefly."""
        if not self._unsynced:
            return
        self._unsynced = 0
        execute = self._connections.get().execute
        _, pages, _ = execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        if pages * _PAGE > LONGEST_LOG:
            execute(f"PRAGMA busy_timeout = {TRUNCATE_MILLISECONDS}")
            execute("PRAGMA wal_checkpoint(TRUNCATE)")
            execute("PRAGMA busy_timeout = 0")


def _place(connection: sqlite3.Connection, saved: Saved, expected: int | None) -> bool:
    """Write the turn to `live` or `past`; return False if the stored turn is not `expected`."""
    call_id = saved.call_id
    row = (saved.turn, saved.key, saved.call, saved.reply, call_id)
    if not saved.ended:
        if expected is None:
            return connection.execute(BEGIN, (*row, call_id)).rowcount == 1
        return connection.execute(UPDATE, (*row, expected)).rowcount == 1
    if expected is not None and connection.execute(LEAVE, (call_id, expected)).rowcount != 1:
        return False
    return connection.execute(END, (*row, call_id)).rowcount == 1


def _checkpoint_for_ever(reference: weakref.ref[SqliteStore], wake: threading.Event, stop: threading.Event) -> None:
    """Checkpoint at intervals until the store is closed or collected. Errors are left for the next turn to report."""
    while not stop.is_set():
        wake.wait(CHECKPOINT_SECONDS)
        wake.clear()
        store = reference()
        if store is None or stop.is_set():
            return
        with suppress(sqlite3.Error, StoreError):
            store._checkpoint()
        del store


_stores: weakref.WeakSet[SqliteStore] = weakref.WeakSet()


def _after_fork() -> None:
    for store in list(_stores):
        store._forked()


os.register_at_fork(after_in_child=_after_fork)
