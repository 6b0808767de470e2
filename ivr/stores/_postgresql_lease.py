"""Leases over all machines: advisory locks of the server, held by the connection of the thread that has the call.

The server frees them when the connection ends: at once when a process is killed, after some seconds when a machine
is switched off (TCP keepalives). They are tried for, not waited for, so that nothing queues in the server.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING
from zlib import crc32

from ivr.errors import StoreBusy

from ._deadline import ThreadDeadline
from ._lease import Leases
from ._postgresql_calls import LOAD_CALL, saved_of
from ._postgresql_connection import Command, Statement
from ._postgresql_faults import ServerGone
from ._postgresql_thread import Exchanges

if TYPE_CHECKING:
    from psycopg.pq.abc import PGresult

LOCK = Statement(b"lock", b"SELECT pg_try_advisory_lock($1::integer, $2::integer)", (0, 0))
UNLOCK = Statement(b"unlock", b"SELECT pg_advisory_unlock($1::integer, $2::integer)", (0, 0))
FIRST_PAUSE, LONGEST_PAUSE = 0.001, 0.02
_TRUE = b"\x01"


class ServerLeases(Leases):
    """Leases of all processes that use the same schema of the same database."""

    def __init__(self, deadline: ThreadDeadline, exchanges: Exchanges, schema: str) -> None:
        super().__init__(deadline)
        self.exchanges = exchanges
        self.group = _signed(crc32(f"ivr {schema}".encode()))

    def of_call(self, call_id: str, key: str | None, within: float) -> ServerLease:
        """Return the lease of a call, which also reads the call if a request `key` is given."""
        return ServerLease(self, call_id, key, within)


class ServerLease:
    """A context manager that locks one call in this process, then in the server. `lock` is the server's lock."""

    __slots__ = ("_key", "_leases", "_outer", "_place", "_until", "_within", "call_id", "is_locked", "lock")

    def __init__(self, leases: ServerLeases, call_id: str, key: str | None, within: float) -> None:
        self._leases, self.call_id, self._key, self._within = leases, call_id, key, within
        self._place = crc32(call_id.encode())
        self.lock = leases.group, _signed(self._place)
        self.is_locked = False

    def __enter__(self) -> None:
        leases, now = self._leases, time.monotonic()
        deadline = leases.deadline
        outer = deadline.until
        self._until = min(outer, now + self._within)
        # First in this process: threads that want the same call must not take a connection each only to poll the
        # server.
        leases.take(self._place, now, self._until)
        self._outer, deadline.until = outer, self._until
        try:
            self._take()
            leases.exchanges.thread.lease = self
        except BaseException:
            deadline.until = outer
            leases.free(self._place)
            raise

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        leases = self._leases
        leases.deadline.until = self._outer
        thread = leases.exchanges.thread
        thread.loaded = thread.lease = None
        try:
            connection = thread.connection
            if self.is_locked and connection is not None and not connection.broken:
                with suppress(ServerGone):
                    # Only a turn without a commit comes here; a commit frees the lock itself, and saves the round trip.
                    connection.post([(UNLOCK, self.lock)])  # not waited for
            leases.exchanges.drop()
        finally:
            leases.free(self._place)

    def _take(self) -> None:
        """Lock the call in the server, and read it, in one round trip.

        Raises StoreBusy when another machine or process still holds it at the end of the time.
        """
        exchanges, key, pause = self._leases.exchanges, self._key, FIRST_PAUSE
        commands: list[Command] = [(LOCK, self.lock)]
        if key is not None:
            commands.append((LOAD_CALL, (self.call_id.encode(), key.encode())))
        try:
            while True:
                locked, *loaded = self._ask(commands)
                if locked.get_value(0, 0) == _TRUE:
                    if key is not None:
                        exchanges.thread.loaded = self.call_id, key, saved_of(self.call_id, key, loaded[0])
                    self.is_locked = True
                    return
                if time.monotonic() >= self._until:
                    raise StoreBusy(f"another machine or process has held this call for over {self._within:g} s")
                time.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
        except BaseException:
            exchanges.drop()
            raise

    def _ask(self, commands: Sequence[Command]) -> list[PGresult]:
        """Ask the server; if the connection was lost while it was idle, ask over a new one."""
        exchanges = self._leases.exchanges
        connection = exchanges.hold()
        try:
            return connection.ask(commands, exchanges.until())
        except ServerGone:
            # An idle connection may have been lost unnoticed, as after a failover; nothing was done over it yet.
            exchanges.drop()
            if time.monotonic() >= self._until:
                raise
        # Asked again, since a lock that the lost connection may have taken has gone with it.
        return exchanges.hold().ask(commands, exchanges.until())


def _signed(number: int) -> bytes:
    """Return 32 bits as PostgreSQL's integer, in text."""
    return b"%d" % (number - (1 << 32) if number >> 31 else number)
