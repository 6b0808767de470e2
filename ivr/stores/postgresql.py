"""A store in PostgreSQL, shared by any number of machines. A turn is one round trip to read and one to write. No ORM.

The server decides how durable a commit is: with its default, `synchronous_commit = on`, a turn that was answered is on
its disk, and on that of its synchronous standby if it has one. `?synchronous_commit=off` makes turns wait for no disk;
a crash of the server then loses those of the last second.
"""

from __future__ import annotations

import json
import os
import time
import weakref
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager

from ivr.engine.ports import Changes, JournalRow, Saved, Vault

from ._deadline import BUSY_SECONDS, PING_SECONDS, ThreadDeadline
from ._lease import LEASE_SECONDS
from ._postgresql_address import ServerAddress
from ._postgresql_calls import CALL_STATEMENTS, JournalPage, PostgresqlCalls
from ._postgresql_commit import COMMIT_STATEMENTS, command_of
from ._postgresql_connection import ServerConnection, Statement, read_server_address
from ._postgresql_documents import DOCUMENT_STATEMENTS, PostgresqlDocuments
from ._postgresql_faults import CONFLICTS, ServerRefused
from ._postgresql_lease import LOCK, UNLOCK, ServerLeases
from ._postgresql_pool import ConnectionPool
from ._postgresql_setup import SET_UP_SECONDS, layout_of, migrate, set_up_session
from ._postgresql_thread import THREAD_STATEMENTS, Exchanges, ServerReadingBlock
from ._postgresql_vault import VAULT_STATEMENTS, TableVault

PING = Statement(b"ping", b"UPDATE pings SET number = number + 1")
KEEP_RELEASE = Statement(
    b"keep_release", b"INSERT INTO releases VALUES ($1::text, $2::text) ON CONFLICT DO NOTHING", (0, 0)
)
RELEASE = Statement(b"release", b"SELECT files FROM releases WHERE version = $1::text", (0,))
STATEMENTS = (
    *THREAD_STATEMENTS, LOCK, UNLOCK, *COMMIT_STATEMENTS, *CALL_STATEMENTS, *DOCUMENT_STATEMENTS,
    *VAULT_STATEMENTS, PING, KEEP_RELEASE, RELEASE,
)  # fmt: skip


def connect(url: str) -> PostgresqlStore:
    """Open `postgresql://user:password@host:port/database` with libpq's options and three of our own.

    `?schema=` (ivr), `?synchronous_commit=` (the server's setting) and `?connections=` (at most 64 for each process).
    Raises SettingsError for another URL or option or when psycopg is missing, StoreError when the database cannot be
    used.
    """
    return PostgresqlStore(read_server_address(url))


def exists(url: str) -> bool:
    """Return whether the database has a store. Raises as `connect` does."""
    store = PostgresqlStore(read_server_address(url), creates=False)
    try:
        return store.layout() > 0
    finally:
        store.close()


class PostgresqlStore(PostgresqlCalls, PostgresqlDocuments):
    """A Store in one schema of a database, for any number of threads, processes and machines. It survives a fork."""

    def __init__(self, address: ServerAddress, *, creates: bool = True) -> None:
        self._address, self._ready = address, False
        self._deadline = ThreadDeadline()
        self._exchanges = Exchanges(ConnectionPool(address, self._deadline, self._set_up))
        self._leases = ServerLeases(self._deadline, self._exchanges, address.schema)
        self._page = JournalPage()
        self.vault: Vault = TableVault(self._exchanges)
        _stores.add(self)
        if creates:
            self._create()

    def lease(
        self, call_id: str, *, within: float = LEASE_SECONDS, key: str | None = None
    ) -> AbstractContextManager[None]:
        """Return the exclusive right to change this call; inside it this thread's deadline is `within` seconds away.

        Entering raises StoreError when the call is not free by then, and so do waits and writes that would end later.
        With `key`, the call is read for that request in the same round trip, and `load` returns it. The commit of the
        call's turn ends the lease in the server.
        """
        return self._leases.of_call(call_id, key, within)

    def waiting(self, seconds: float) -> AbstractContextManager[None]:
        """Bound every wait of this thread for the store inside the block."""
        return self._deadline.within(seconds)

    def reading(self) -> AbstractContextManager[None]:
        """Return a block in which this thread reads one state. Writing inside it raises StoreError."""
        return ServerReadingBlock(self._exchanges)

    def commit(self, changes: Changes) -> bool:
        """Write all changes in one transaction; at a conflict write nothing and return False."""
        self._exchanges.check_writable()
        left, thread = self._deadline.left(), self._exchanges.thread
        # Without a nearer deadline the time-outs of the session hold, and the server need not set them for this commit.
        wait = left if left < BUSY_SECONDS else None
        thread.loaded = None
        lease = thread.lease
        if lease is not None and lease.is_locked and changes.call is not None and changes.call.call_id == lease.call_id:
            ends, command = lease, command_of(changes, wait, lease.lock)
        else:
            ends, command = None, command_of(changes, wait)
        try:
            written = self._exchanges.write(command).get_value(0, 0) == b"\x01"
        except ServerRefused as fault:
            # A deadlock or serialisation failure has written nothing, just as a conflict: the turn is run again.
            if fault.sqlstate in CONFLICTS:
                return False
            raise
        if written and ends is not None:
            ends.is_locked = False
        return written

    def save(self, saved: Saved, rows: Sequence[JournalRow], *, expected: int | None) -> bool:
        """Commit a turn and its journal rows; the reply that it replaces is kept from the time of the last row on."""
        return self.commit(Changes(saved, expected, rows[-1].at if rows else 0.0, rows))

    def keep_release(self, version: str, files: Mapping[str, str]) -> None:
        """Store the flow files of a release, unless the version is stored already."""
        text = json.dumps(dict(files), ensure_ascii=False)
        self._exchanges.write((KEEP_RELEASE, (version.encode(), text.encode())))

    def release(self, version: str) -> Mapping[str, str] | None:
        """Return the flow files of a version, which is their content hash; None for an unknown version."""
        result = self._exchanges.read((RELEASE, (version.encode(),)))
        return dict(json.loads(result.get_value(0, 0) or b"")) if result.ntuples else None

    def ping(self) -> None:
        """Read and write once, within PING_SECONDS. Raises StoreError with the reason when either fails."""
        with self._deadline.within(PING_SECONDS):
            self._exchanges.write((PING, ()))

    def layout(self) -> int:
        """Return the layout of the tables; 0 if there are none."""
        connection = self._exchanges.hold()
        try:
            return layout_of(connection, self._address.schema, time.monotonic() + SET_UP_SECONDS)
        finally:
            self._exchanges.drop()

    def close(self) -> None:
        """Close the connections of all threads. No thread may be using the store."""
        _stores.discard(self)
        self._exchanges.pool.close()

    def _create(self) -> None:
        try:
            connection = self._exchanges.hold()
            try:
                migrate(connection, self._address)
            finally:
                connection.broken = True  # a connection whose statements are prepared takes its place
                self._exchanges.drop()
        except BaseException:
            self.close()
            raise
        self._ready = True

    def _set_up(self, connection: ServerConnection, until: float) -> None:
        set_up_session(connection, self._address, until)
        if self._ready:
            connection.prepare(STATEMENTS, until)

    def _forked(self) -> None:
        self._exchanges.forked()
        self._leases = ServerLeases(self._deadline, self._exchanges, self._address.schema)


_stores: weakref.WeakSet[PostgresqlStore] = weakref.WeakSet()


def _after_fork() -> None:
    for store in list(_stores):
        store._forked()


os.register_at_fork(after_in_child=_after_fork)
