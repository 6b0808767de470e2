"""urllib3's kept-alive connections, with one deadline for a whole question: name look-up, connecting, every byte read.

Why: a socket's timeout starts anew with each byte, and a name look-up has none. So reading shortens the timeout as it
goes, and connecting, which is rare, happens in a thread that can be left behind.
"""

from __future__ import annotations

import http.client
import io
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError
from urllib3.response import HTTPResponse
from urllib3.util import parse_url


class TooManyOpenError(Exception):
    """Every attempt to connect that is allowed at a time is still under way."""


class StaleConnectionError(ConnectionError):
    """A connection that had served before was closed by the other side before it answered."""


class _Paced(io.RawIOBase):
    """Reads from a socket until one point in time, however slowly the bytes come."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._file = sock.makefile("rb", buffering=0)
        self._until = time.monotonic() + (sock.gettimeout() or 0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError("the deadline has passed")
        self._sock.settimeout(left)
        return self._file.readinto(buffer)

    def close(self) -> None:
        self._file.close()
        super().close()


class _PacedSocket:
    """What `http.client` needs of a socket to read an answer from it."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Paced(self._sock))


class _Answer(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *arguments: Any, **options: Any) -> None:
        super().__init__(_PacedSocket(sock), *arguments, **options)  # type: ignore[arg-type]


class _Connection(HTTPConnection):
    response_class = _Answer

    def __init__(self, *arguments: Any, attempts: threading.Semaphore, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._attempts = attempts
        self._used = False

    def _new_conn(self) -> socket.socket:
        self._used = False
        until = time.monotonic() + (self.timeout or 0)
        future = _attempt(super()._new_conn, self._attempts)
        try:
            sock = future.result(self.timeout)
        except TimeoutError:
            future.add_done_callback(_close_unwanted)
            raise ConnectTimeoutError(self, "connecting took too long") from None
        sock.settimeout(max(until - time.monotonic(), 0.001))
        return sock

    def getresponse(self) -> HTTPResponse:  # type: ignore[override]
        try:
            answer = super().getresponse()
        except ConnectionError as fault:
            if self._used:
                raise StaleConnectionError from fault
            raise
        self._used = True
        return answer


class _TLSConnection(_Connection, HTTPSConnection):
    pass


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TLSPool(HTTPSConnectionPool):
    ConnectionCls = _TLSConnection


def _attempt(connect: Callable[[], socket.socket], attempts: threading.Semaphore) -> Future[socket.socket]:
    """Connect in a thread of its own, a daemon: one that is stuck in a name look-up never delays the exit."""
    if not attempts.acquire(blocking=False):
        raise TooManyOpenError
    future: Future[socket.socket] = Future()

    def run() -> None:
        try:
            future.set_result(connect())
        except Exception as fault:
            future.set_exception(fault)
        finally:
            attempts.release()

    threading.Thread(target=run, name="ivr-lookup-connects", daemon=True).start()
    return future


def _close_unwanted(future: Future[socket.socket]) -> None:
    if future.exception() is None:
        future.result().close()


def pool_for(base_url: str, *, most: int) -> HTTPConnectionPool:
    """Return a pool of up to `most` kept connections, and attempts at one, to the host of an http or https address."""
    url = parse_url(base_url)
    kind = _TLSPool if url.scheme == "https" else _Pool
    return kind(url.hostname or "", url.port, maxsize=most, attempts=threading.Semaphore(most))
