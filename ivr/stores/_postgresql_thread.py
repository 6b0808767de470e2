"""The connection that a thread uses: that of its lease or its block of reads, else one for a single round trip."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Protocol

from ivr.engine.ports import Saved
from ivr.errors import StoreError

from ._documents import NESTED, READING
from ._postgresql_connection import Command, ServerConnection, Statement
from ._postgresql_faults import ServerGone
from ._postgresql_pool import ConnectionPool

if TYPE_CHECKING:
    from psycopg.pq.abc import PGresult

BEGIN_READING = Statement(b"begin", b"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
END_READING = Statement(b"end", b"COMMIT")
WAIT_LONGER = Statement(b"long_wait", b"SELECT set_config('statement_timeout', $1::text, true)", (0,))
THREAD_STATEMENTS = (BEGIN_READING, END_READING, WAIT_LONGER)


class HeldLease(Protocol):
    """The lease of a call, as the rest of the store sees it. `is_locked` is False once a commit has freed the lock."""

    call_id: str
    lock: tuple[bytes, bytes]
    is_locked: bool


class ThreadConnection(threading.local):
    """The connection of one thread, and its state.

    `loaded` is a call that was read along with its lease, with the key of the request that it was read for.
    """

    connection: ServerConnection | None = None
    lease: HeldLease | None = None
    reading = False
    changing = False
    loaded: tuple[str, str, Saved | None] | None = None


class Exchanges:
    """Sends the commands of all threads, each over the connection that it holds."""

    def __init__(self, pool: ConnectionPool) -> None:
        self.pool = pool
        self.thread = ThreadConnection()

    def read(self, *commands: Command) -> PGresult:
        """Return the result of the last command; all may be sent twice if a connection turns out to be lost."""
        thread = self.thread
        if thread.reading:
            return self._read_in_block(commands)
        try:
            return self._ask(commands)
        except ServerGone:
            # Not sent again within a lease: the lock was held by this connection and is gone with it.
            if thread.connection is not None:
                raise
        return self._ask(commands)

    def read_long(self, seconds: float, command: Command) -> PGresult:
        """Return the result of a command that may take `seconds`, unless this thread has a deadline."""
        deadline = self.pool.deadline
        # Within a turn the time-out of the session holds: a report may take a minute, a caller may not.
        if self.thread.connection is not None or deadline.until - time.monotonic() < seconds:
            return self.read(command)
        connection = self.pool.take()
        try:
            wait = WAIT_LONGER, (b"%d" % (seconds * 1000),)
            return connection.ask([wait, command], time.monotonic() + seconds)[-1]
        finally:
            self.pool.give(connection)

    def write(self, *commands: Command) -> PGresult:
        """Return the result of the last command. Raises StoreError inside of `reading` and of `change`."""
        self.check_writable()
        return self._ask(commands)

    def check_writable(self) -> None:
        """Raise StoreError inside of `reading` and of `change`."""
        if self.thread.reading:
            raise StoreError(READING)
        if self.thread.changing:
            raise StoreError(NESTED)

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Refuse writes of this thread inside the block."""
        self.thread.changing = True
        try:
            yield
        finally:
            self.thread.changing = False

    def begin_reading(self) -> None:
        """Let the reads of this thread share one transaction, which the first of them begins."""
        self.check_writable()
        self.thread.reading = True

    def end_reading(self) -> None:
        """End the transaction that the reads share, without waiting for the server."""
        thread = self.thread
        thread.reading = False
        if thread.connection is None:
            return
        if thread.lease is not None:
            self._end_transaction(thread.connection)
        else:
            self.drop()

    def hold(self) -> ServerConnection:
        """Return the connection of this thread, taken for longer than one round trip; `drop` must follow."""
        thread = self.thread
        if thread.connection is None:
            thread.connection = self.pool.take()
        return thread.connection

    def drop(self) -> None:
        """Give the connection of this thread back."""
        connection, self.thread.connection = self.thread.connection, None
        if connection is not None:
            self._end_transaction(connection)
            self.pool.give(connection)

    def forked(self) -> None:
        """Forget what the parent's threads hold, in a forked child."""
        self.pool.forked()
        self.thread = ThreadConnection()

    def _ask(self, commands: Sequence[Command]) -> PGresult:
        until = self.until()
        if (held := self.thread.connection) is not None:
            self._check(held)
            return held.ask(commands, until)[-1]
        connection = self.pool.take()
        try:
            return connection.ask(commands, until)[-1]
        finally:
            self.pool.give(connection)

    def _read_in_block(self, commands: Sequence[Command]) -> PGresult:
        connection = self.hold()
        self._check(connection)
        if connection.in_transaction:
            return connection.ask(commands, self.until())[-1]
        # Set before the answer: if it fails, the transaction may have begun all the same and must be ended.
        connection.in_transaction = True
        return connection.ask([(BEGIN_READING, ()), *commands], self.until())[-1]

    def until(self) -> float:
        """Return the time until which this thread may wait for an answer, in seconds of `time.monotonic()`."""
        return time.monotonic() + self.pool.deadline.left()

    def _end_transaction(self, connection: ServerConnection) -> None:
        """End the transaction of reads without waiting for the server."""
        if connection.in_transaction and not connection.broken:
            connection.in_transaction = False
            with suppress(ServerGone):
                connection.post([(END_READING, ())])

    def _check(self, connection: ServerConnection) -> None:
        if connection.broken:
            raise ServerGone(self.pool.address.shown, "it has closed the connection")


class ServerReadingBlock:
    """The context manager of `CallStore.reading`. A class, because a generator would cost as much as a read."""

    __slots__ = ("_exchanges",)

    def __init__(self, exchanges: Exchanges) -> None:
        self._exchanges = exchanges

    def __enter__(self) -> None:
        self._exchanges.begin_reading()

    def __exit__(self, *_: object) -> None:
        self._exchanges.end_reading()
