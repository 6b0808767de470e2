"""Leases over all machines: advisory locks of the server, held by the connection of the thread that has the call.

The server frees them when the connection ends: at once when a process is killed, after some seconds when a machine
is switched off (TCP keepalives). They are tried for, not waited for, so that nothing queues in the server.
"""

from __future__ import annotations

import time
from types import TracebackType
from zlib import crc32

from ivr.errors import StoreError

from ._deadline import ThreadDeadline
from ._lease import Leases
from ._postgresql_calls import LOAD_CALL, saved_of
from ._postgresql_connection import Command, Statement
from ._postgresql_faults import ServerGone
from ._postgresql_thread import Exchanges

LOCK = Statement(b"lock", b"SELECT pg_try_advisory_lock($1::integer, $2::integer)", (0, 0))
UNLOCK = Statement(b"unlock", b"SELECT pg_advisory_unlock($1::integer, $2::integer)", (0, 0))
FIRST_PAUSE, LONGEST_PAUSE = 0.001, 0.02
_TRUE = b"\x01"


class ServerLeases(Leases):
    """Leases of all processes that use the same schema of the same database."""

    def __init__(self, deadline: ThreadDeadline, exchanges: Exchanges, schema: str) -> None:
        super().__init__(deadline)
        self._exchanges = exchanges
        self._group = _signed(crc32(f"ivr {schema}".encode()))

    def of_call(self, call_id: str, key: str | None, within: float) -> ServerLease:
        """Return the lease of a call, which also reads the call if a request `key` is given."""
        return ServerLease(self, call_id, key, within)

    def lock(self, call_id: str, key: str | None, place: int, now: float, until: float) -> None:
        """Lock a call in the server, and read it, in one round trip. Raises StoreError after `until`."""
        exchanges, pause = self._exchanges, FIRST_PAUSE
        commands: list[Command] = [(LOCK, (self._group, _signed(place)))]
        if key is not None:
            commands.append((LOAD_CALL, (call_id.encode(), key.encode())))
        was_lost = False
        exchanges.hold()
        try:
            while True:
                try:
                    locked, *loaded = exchanges.hold().ask(commands, exchanges.until())
                except ServerGone:
                    exchanges.drop()
                    if was_lost or time.monotonic() >= until:
                        raise
                    was_lost = True  # a connection that was idle while the server restarted; a new one works
                    continue
                if locked.get_value(0, 0) == _TRUE:
                    if key is not None:
                        exchanges.thread.loaded = call_id, key, saved_of(call_id, key, loaded[0])
                    exchanges.thread.leased = True
                    return
                if time.monotonic() >= until:
                    raise StoreError(f"another machine or process has held this call for over {until - now:g} s")
                time.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
        except BaseException:
            exchanges.drop()
            raise

    def unlock(self, place: int) -> None:
        """Free a call, without waiting for the server."""
        thread = self._exchanges.thread
        thread.loaded, thread.leased = None, False
        connection = thread.connection
        try:
            if connection is not None and not connection.broken:
                connection.post([(UNLOCK, (self._group, _signed(place)))])
        except ServerGone:
            pass
        finally:
            self._exchanges.drop()


class ServerLease:
    """A context manager that locks one call in this process, then in the server."""

    __slots__ = ("_call_id", "_key", "_leases", "_outer", "_place", "_within")

    def __init__(self, leases: ServerLeases, call_id: str, key: str | None, within: float) -> None:
        self._leases, self._call_id, self._key, self._within = leases, call_id, key, within
        self._place = crc32(call_id.encode())

    def __enter__(self) -> None:
        leases, now = self._leases, time.monotonic()
        deadline = leases.deadline
        outer = deadline.until
        until = min(outer, now + self._within)
        leases.take(self._place, now, until)
        self._outer, deadline.until = outer, until
        try:
            leases.lock(self._call_id, self._key, self._place, now, until)
        except BaseException:
            deadline.until = outer
            leases.free(self._place)
            raise

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        leases = self._leases
        leases.deadline.until = self._outer
        try:
            leases.unlock(self._place)
        finally:
            leases.free(self._place)


def _signed(number: int) -> bytes:
    """Return 32 bits as PostgreSQL's integer, in text."""
    return b"%d" % (number - (1 << 32) if number >> 31 else number)
