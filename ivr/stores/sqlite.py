"""A store in one SQLite file, shared by all processes of one machine. A turn is one transaction. No ORM.

Why a thread of its own checkpoints the write-ahead log: a checkpoint waits for the disk, and SQLite would run it inside
the turn of the caller who filled the log. A killed process loses no committed turn; a power cut loses the turns
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

from ivr.engine.ports import Changes, JournalRow, Saved, Vault
from ivr.errors import SettingsError, StoreError
from ivr.settings import store_file

from ._deadline import PING_SECONDS, ThreadDeadline
from ._file_vault import FileVault
from ._lease import LEASE_SECONDS, SETUP, FileLeases
from ._sqlite_board import SqliteBoard
from ._sqlite_calls import SqliteCalls
from ._sqlite_commit import put_changes
from ._sqlite_connections import Connections, ReadingBlock
from ._sqlite_documents import SqliteDocuments
from ._sqlite_replies import SqliteReplies
from ._sqlite_writer import OneWriter

CHECKPOINT_SECONDS = 5.0
CHECKPOINT_TURNS = 500
LONGEST_LOG = 64 << 20
TRUNCATE_MILLISECONDS = 100
_PAGE = 4096

LOAD = """SELECT live.turn, live.key, live.call, live.reply, 0, replies.reply
    FROM live LEFT JOIN replies ON replies.call_id = live.call_id AND replies.key = ? WHERE live.call_id = ?
    UNION ALL SELECT past.turn, past.key, past.call, past.reply, 1, replies.reply
    FROM past LEFT JOIN replies ON replies.call_id = past.call_id AND replies.key = ? WHERE past.call_id = ? LIMIT 1"""
READ_ALL = """SELECT call_id, turn, at, kind, data FROM journal
    WHERE id >= ? + (SELECT COALESCE(MIN(id), 1) FROM journal) ORDER BY id LIMIT ?"""
READ_CALL = "SELECT call_id, turn, at, kind, data FROM journal WHERE call_id = ? ORDER BY id LIMIT ? OFFSET ?"


def connect(url: str) -> SqliteStore:
    """Open `sqlite:///relative.db` or `sqlite:////absolute.db`; `?synchronous=FULL` makes turns wait for the disk.

    Raises SettingsError for another URL or option, StoreError when the file cannot be used.
    """
    file = _file_of(url)
    options = dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))
    synchronous = options.pop("synchronous", "NORMAL").upper()
    if options or synchronous not in {"NORMAL", "FULL"}:
        raise SettingsError("the only option of a SQLite address is ?synchronous=NORMAL or ?synchronous=FULL")
    return SqliteStore(file, synchronous=synchronous)


def exists(url: str) -> bool:
    """Return whether the file of a store exists. Raises SettingsError for another URL."""
    return _file_of(url).exists()


def _file_of(url: str) -> Path:
    file = store_file(url)
    if file is None:
        raise SettingsError("a SQLite address is sqlite:///folder/file.db, with four slashes for an absolute path")
    return file


class SqliteStore(SqliteCalls, SqliteReplies, SqliteDocuments, SqliteBoard):
    """A Store in one file, for any number of threads and processes. It survives a fork."""

    def __init__(self, file: Path, *, synchronous: str = "NORMAL") -> None:
        self._deadline = ThreadDeadline()
        self._connections = Connections(file.absolute(), self._deadline, synchronous=synchronous)
        with self._connections.faults():
            file.parent.mkdir(parents=True, exist_ok=True)
        self._log_file = file.absolute().with_name(f"{file.name}-wal")
        self._leases = FileLeases(file.absolute().with_name(f"{file.name}-lease"), self._deadline)
        self.vault: Vault = FileVault(file.absolute().with_name(f"{file.name}-vault"))
        self._start()
        try:
            # Workers that start together would each find no tables and create them.
            with self._leases.at(SETUP):
                self._connections.set_up()
        except BaseException:
            self.close()
            raise
        _stores.add(self)

    def lease(
        self, call_id: str, *, within: float = LEASE_SECONDS, key: str | None = None
    ) -> AbstractContextManager[None]:
        """Return the exclusive right to change this call; inside it this thread's deadline is `within` seconds away.

        Entering raises StoreError when the call is not free by then, and so do waits and writes that would end later.
        """
        return self._leases.of(call_id, within=within)

    def waiting(self, seconds: float) -> AbstractContextManager[None]:
        """Bound every wait of this thread for the store inside the block."""
        return self._deadline.within(seconds)

    def reading(self) -> AbstractContextManager[None]:
        """Return a block in which this thread reads one state. Writing inside it raises StoreError."""
        return ReadingBlock(self._connections)

    def load(self, call_id: str, key: str = "") -> Saved | None:
        """Return a live or ended call with its reply to the request `key`; None for an unknown call.

        One statement, because two would miss a call that ends and a reply that is moved between them.
        """
        try:
            row = self._connections.execute(LOAD, (key, call_id, key, call_id)).fetchone()
        except sqlite3.Error as fault:
            raise self._connections.fault(fault) from None
        if row is None:
            return None
        turn, newest, call, reply, ended, replaced = row
        repeated = reply if key and key == newest else replaced
        return Saved(call_id, turn, newest, call, reply, ended == 1, repeated)

    def commit(self, changes: Changes) -> bool:
        """Write all changes in one transaction; at a conflict write nothing and return False."""
        with self._writing as connection:
            written = put_changes(connection, changes)
            if not written:
                # Rolled back inside the block, whose end commits an open transaction.
                connection.execute("ROLLBACK")
        if written:
            self._count_write()
        return written

    def save(self, saved: Saved, rows: Sequence[JournalRow], *, expected: int | None) -> bool:
        """Commit a turn and its journal rows; the reply that it replaces is kept from the time of the last row on."""
        return self.commit(Changes(saved, expected, rows[-1].at if rows else 0.0, rows))

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
        """Store the flow files of a release, unless the version is stored already."""
        text = json.dumps(dict(files), ensure_ascii=False)
        with self._writing as connection:
            connection.execute("INSERT OR IGNORE INTO releases VALUES (?, ?)", (version, text))

    def release(self, version: str) -> Mapping[str, str] | None:
        """Return the flow files of a version, which is their content hash; None for an unknown version."""
        with self._connections.faults():
            query = "SELECT files FROM releases WHERE version = ?"
            row = self._connections.execute(query, (version,)).fetchone()
        return dict(json.loads(row[0])) if row else None

    def ping(self) -> None:
        """Read and write once, within PING_SECONDS. Raises StoreError with the reason when either fails."""
        self._connections.open_file.check()
        with self._deadline.within(PING_SECONDS), self._writing as connection:
            connection.execute("UPDATE tally SET pings = pings + 1")

    def troubles(self) -> Sequence[str]:
        """Return the reasons why this store will become unusable if no operator acts."""
        with suppress(OSError):
            size = self._log_file.stat().st_size
            if size > LONGEST_LOG * 2:
                return [
                    f"its log has {size >> 20} MiB and grows, because a program keeps reading the store; "
                    "end long reports and backups"
                ]
        return ()

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
        self._writing = OneWriter(self._connections)
        self._starting = threading.Lock()
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
        if self._checkpoints is None and self._starting.acquire(blocking=False):
            # A weak reference, so that a store that is dropped without `close` can be collected, and its thread ends.
            target, reference = _checkpoint_for_ever, weakref.ref(self)
            arguments = (reference, self._wake, self._stop)
            thread = threading.Thread(target=target, args=arguments, name="ivr-checkpoints", daemon=True)
            thread.start()
            self._checkpoints = thread
        if self._unsynced >= CHECKPOINT_TURNS:
            self._wake.set()

    def _checkpoint(self) -> None:
        """Checkpoint without blocking writers; only a log longer than LONGEST_LOG blocks them briefly."""
        if not self._unsynced:
            return
        # Before the checkpoint: a commit that comes meanwhile must count for the next one.
        self._unsynced = 0
        execute = self._connections.get().execute
        _, pages, _ = execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        # PASSIVE never shortens the file, and a steady reader lets it grow: now and then writers must wait a moment.
        if pages * _PAGE > LONGEST_LOG:
            execute(f"PRAGMA busy_timeout = {TRUNCATE_MILLISECONDS}")
            execute("PRAGMA wal_checkpoint(TRUNCATE)")
            execute("PRAGMA busy_timeout = 0")


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
        # Before the next wait, else this thread would hold the store for five seconds at a time.
        del store


_stores: weakref.WeakSet[SqliteStore] = weakref.WeakSet()


def _after_fork() -> None:
    for store in list(_stores):
        store._forked()


os.register_at_fork(after_in_child=_after_fork)
