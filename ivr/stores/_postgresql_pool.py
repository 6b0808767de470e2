"""The connections of this process to a PostgreSQL server: opened when needed, used again, the newest first."""

from __future__ import annotations

import threading
import time
import weakref
from collections.abc import Callable

from ivr.errors import StoreBusy, StoreError

from ._breaker import Breaker
from ._deadline import ThreadDeadline
from ._postgresql_address import ServerAddress
from ._postgresql_connection import ServerConnection
from ._postgresql_faults import TOO_MANY_CONNECTIONS, ServerGone

UNUSED_SECONDS = 60.0
"""The time after which a connection that has not been needed is closed."""
LEAST_CONNECT_SECONDS = 0.5
"""The time for a host to answer, also when the deadline is nearer."""


class ConnectionPool:
    """Connections for all threads of this process. `forked()` must be called in a forked child.

    While the server is stuck by the rule of `Breaker`, one thread at a time may take a connection, the others fail at
    once.
    """

    def __init__(
        self, address: ServerAddress, deadline: ThreadDeadline, set_up: Callable[[ServerConnection, float], None]
    ) -> None:
        self.address, self.deadline = address, deadline
        self._set_up = set_up
        self._host = 0
        self._start()

    def take(self) -> ServerConnection:
        """Return a connection for this thread alone; `give` must follow. Raises StoreError if there is none in time."""
        if self._closed:
            raise StoreError(f"PostgreSQL at {self.address.shown}: the store has been closed")
        is_prober = False
        if self.breaker.is_open(time.monotonic()):
            is_prober = self._probing.acquire(blocking=False)
            if not is_prober:
                raise ServerGone(self.address.shown, "it has not answered for some time")
        try:
            return self._take()
        finally:
            if is_prober:
                self._probing.release()

    def give(self, connection: ServerConnection) -> None:
        """Take a connection back from its thread."""
        if connection.broken or self._closed:
            self._forget(connection)
        else:
            connection.given_back = now = time.monotonic()
            # At the end, where the next thread takes it: the others grow old and are closed when the load falls.
            self._idle.append(connection)
            if now - self._idle[0].given_back > UNUSED_SECONDS:
                self._close_oldest(now)
        # Read without the lock: a thread that begins to wait looks for an idle connection once more after it has
        # counted.
        if self._waiting:
            with self._free:
                self._free.notify()

    def forked(self) -> None:
        """Drop the parent's connections in a forked child, without a word to the server."""
        for connection in list(self._all):
            connection.abandon()
        self._start()

    def close(self) -> None:
        """Close all connections. No thread may be using the store."""
        self._closed = True
        for connection in list(self._all):
            connection.close()

    def _start(self) -> None:
        self.breaker = Breaker()
        self._closed = False
        self._probing = threading.Lock()
        self._free = threading.Condition()
        self._waiting = self._open = 0
        self._idle: list[ServerConnection] = []
        self._all: weakref.WeakSet[ServerConnection] = weakref.WeakSet()

    def _take(self) -> ServerConnection:
        if connection := self._idle_one():
            return connection
        with self._free:
            self._waiting += 1
            try:
                until = time.monotonic() + self.deadline.left()
                while not (connection := self._idle_one()) and self._open >= self.address.connections:
                    if not self._free.wait(until - time.monotonic()):
                        number = self.address.connections
                        raise StoreBusy(f"PostgreSQL at {self.address.shown}: all {number} connections are in use")
            finally:
                self._waiting -= 1
            if connection:
                return connection
            # Counted before it is opened, because opening takes a round trip or more and others must not open too many.
            self._open += 1
        try:
            return self._new_one()
        except BaseException:
            self._forget(None)
            raise

    def _forget(self, connection: ServerConnection | None) -> None:
        """Close a connection, and let another thread open one in its place."""
        if connection is not None:
            connection.close()
        with self._free:
            self._open -= 1
            self._free.notify()

    def _idle_one(self) -> ServerConnection | None:
        """Return the connection that was given back last; drop those that the server has closed."""
        while True:
            try:
                connection = self._idle.pop()
            except IndexError:
                return None
            if connection.is_fresh():
                return connection
            self._forget(connection)

    def _new_one(self) -> ServerConnection:
        """Connect to the host that worked last, else to the next. Raises ServerGone for the last one tried."""
        attempts = self.address.attempts
        until = time.monotonic() + max(self.deadline.left(), LEAST_CONNECT_SECONDS * len(attempts))
        failure: StoreError | None = None
        for number in range(len(attempts)):
            host = (self._host + number) % len(attempts)
            now = time.monotonic()
            # A host that is switched off answers nothing; it may use up its share of the time, not that of the next
            # host.
            share = now + (until - now) / (len(attempts) - number)
            try:
                connection = ServerConnection(self.address, attempts[host], self.breaker, share)
            except StoreError as fault:
                failure = fault
                # The server's limit counts those of all machines: an idle connection of ours is then better than none.
                is_full = isinstance(fault, ServerGone) and fault.sqlstate == TOO_MANY_CONNECTIONS
                if is_full and (idle := self._idle_one()):
                    self._forget(None)
                    return idle
                continue
            self._host = host
            self._all.add(connection)
            try:
                self._set_up(connection, share)
            except BaseException:
                connection.close()
                raise
            return connection
        raise failure or StoreError("no host")

    def _close_oldest(self, now: float) -> None:
        try:
            oldest = self._idle.pop(0)
        except IndexError:
            return
        if now - oldest.given_back > UNUSED_SECONDS:
            self._forget(oldest)
        else:
            # Another thread has taken or given one meanwhile, and this one is not that old: it goes back to its place.
            self._idle.insert(0, oldest)
