"""Connections to one server, opened within a deadline and kept for the next request.

A name look-up has no timeout, so a connection, which is rarely opened, is opened in a thread that can be abandoned.
"""

from __future__ import annotations

import ssl
import time
import weakref
from typing import Any

from urllib3 import exceptions as faults
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.util import parse_url

from .threads import ThreadPool

TOO_MANY = "has too many open requests"


class NotConnectedError(Exception):
    """No connection was opened; `reason` is a predicate, or None after the deadline."""

    def __init__(self, reason: str | None) -> None:
        super().__init__(reason)
        self.reason = reason


class _TooManyAttemptsError(Exception):
    """The maximum number of simultaneous attempts to connect is reached."""


class Connection(HTTPConnection):
    """One connection."""

    def __init__(self, *arguments: Any, attempts: ThreadPool, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._attempts = attempts

    def connect(self) -> None:
        """Look up the name, connect and do the TLS handshake, all within the timeout."""
        future = self._attempts.submit(super().connect)
        if future is None:
            raise _TooManyAttemptsError
        try:
            future.result(self.timeout)
        except TimeoutError:
            if future.done():
                raise
            # The thread goes on after the deadline; a socket that it still opens is used by no request and must be
            # closed.
            future.add_done_callback(lambda _: self.close())
            raise faults.ConnectTimeoutError(self, "connecting took too long") from None


class _TLSConnection(Connection, HTTPSConnection):
    pass


class ServerConnections:
    """The connections to the server at an address, at most `most` attempts to connect at a time. Thread-safe.

    `host` is the value of the Host header, `certificate` the file with the client's certificate and its key.
    """

    def __init__(self, address: str, most: int, certificate: str = "") -> None:
        url = parse_url(address)
        secure = url.scheme == "https"
        self._kind = _TLSConnection if secure else Connection
        self._options: dict[str, Any] = {"cert_file": certificate} if secure and certificate else {}
        # The brackets of an IPv6 address belong to the Host header, not to the name that is looked up.
        self._server = (url.hostname or "").strip("[]"), url.port
        self.host = url.netloc or ""
        self._attempts = ThreadPool(most, "ivr-connects", queue=0)
        self._idle: list[Connection] = []
        # The list, not `self`, is bound: a finalizer that held the object would keep it alive for ever.
        weakref.finalize(self, _close_all, self._idle)

    def kept(self) -> Connection | None:
        """Return an idle connection that the server has not closed, or None."""
        while self._idle:
            try:
                # The newest one: it is the least likely to have been closed by the server.
                connection = self._idle.pop()
            except IndexError:  # another thread took it
                break
            if connection.is_connected:
                return connection
            connection.close()
        return None

    def open(self, until: float) -> Connection:
        """Open a connection until `until`, in seconds of the monotonic clock. Raises NotConnectedError."""
        left = until - time.monotonic()
        if left <= 0:
            raise NotConnectedError(None)
        host, port = self._server
        connection = self._kind(host, port, timeout=left, attempts=self._attempts, **self._options)
        try:
            connection.connect()
        except (faults.HTTPError, OSError, ValueError, _TooManyAttemptsError) as fault:
            connection.close()
            raise NotConnectedError(_reason(fault)) from None
        return connection

    def keep(self, connection: Connection) -> None:
        """Keep a connection whose last answer was read to its end."""
        self._idle.append(connection)

    def close(self) -> None:
        """Close idle connections."""
        _close_all(self._idle)


def _close_all(connections: list[Connection]) -> None:
    while connections:
        connections.pop().close()


def _reason(fault: Exception) -> str | None:
    if isinstance(fault, faults.NameResolutionError):
        return "cannot be found: its name has no address"
    if isinstance(fault, faults.NewConnectionError):
        return "cannot be reached"
    if isinstance(fault, TimeoutError | faults.TimeoutError):
        return None
    if isinstance(fault, _TooManyAttemptsError):
        return TOO_MANY
    if isinstance(fault, ssl.SSLError | faults.SSLError):
        return "has no trusted certificate"
    if isinstance(fault, ConnectionError):
        return "broke off its answer"
    return f"cannot be asked ({type(fault).__name__})"
