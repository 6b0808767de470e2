"""The HTTP client: one deadline for a whole request, from the name look-up to the last byte read.

A socket's timeout restarts with each byte, and a name look-up has none. So each read shortens the timeout, and
connecting, which is rare, runs in a thread that can be abandoned.
"""

from __future__ import annotations

import http.client
import io
import socket
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from urllib3 import BaseHTTPResponse, Timeout
from urllib3 import exceptions as faults
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.response import HTTPResponse
from urllib3.util import make_headers, parse_url

from .forks import renew_in_forks
from .threads import ThreadPool

_NO_HEADERS: Mapping[str, str] = MappingProxyType({})
_TOO_MANY = "has too many questions open"


class TooManyOpenError(Exception):
    """The maximum number of simultaneous attempts to connect is reached."""


class StaleConnectionError(ConnectionError):
    """A kept connection was closed by the server before it answered."""


class _Paced(io.RawIOBase):
    """Reads from a socket until a deadline, however slowly bytes arrive."""

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
    """The part of a socket that `http.client` uses to read an answer."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Paced(self._sock))


class _Answer(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *arguments: Any, **options: Any) -> None:
        super().__init__(_PacedSocket(sock), *arguments, **options)  # type: ignore[arg-type]


class _Connection(HTTPConnection):
    response_class = _Answer

    def __init__(self, *arguments: Any, attempts: ThreadPool, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._attempts = attempts
        self._used = False

    def connect(self) -> None:
        """Look up the name, connect and do the TLS handshake, all within the timeout."""
        self._used = False
        future = self._attempts.submit(super().connect)
        if future is None:
            raise TooManyOpenError
        try:
            future.result(self.timeout)
        except TimeoutError:
            if future.done():
                raise
            future.add_done_callback(lambda _: self.close())
            raise faults.ConnectTimeoutError(self, "connecting took too long") from None

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


class RequestFailed(Exception):
    """The request got no usable answer.

    The text is a predicate, such as "did not answer within 3 s", without content of request or answer. `sent` is false
    if the request certainly did not arrive.
    """

    def __init__(self, reason: str, *, sent: bool = False) -> None:
        super().__init__(reason)
        self.sent = sent


class AnswerTooLarge(RequestFailed):
    """The answer is larger than the client's limit."""


@dataclass(frozen=True)
class HttpAnswer:
    """The status and the whole body of an answer."""

    status: int
    body: bytes


@dataclass(frozen=True)
class _Request:
    method: str
    target: str
    body: bytes | None
    headers: Mapping[str, str]
    until: float


class HttpClient:
    """Requests to one server, each with one deadline. Thread-safe; follows no redirect, ignores cookies.

    At most `most` requests are open at a time; further ones fail at once, so a slow server cannot block all threads.
    With `keep`, connections are kept, and a request is repeated if the server had closed a kept one; use it only for
    requests that may arrive twice. If `largest` is 0, bodies of answers are not read.
    """

    def __init__(self, base_url: str, *, most: int, largest: int, keep: bool = True) -> None:
        url = urlsplit(base_url)
        self._address, self._path = f"{url.scheme}://{url.netloc}", url.path
        self._usable = url.scheme in ("http", "https") and bool(url.hostname)
        self._most, self._largest, self._keep = most, largest, keep
        self.renew()
        renew_in_forks(self)

    def renew(self) -> None:
        """Reset in this process, to no connection."""
        self._open = threading.Semaphore(self._most)
        self._attempts = ThreadPool(self._most, "ivr-connects", queue=0)
        self._kept = self._connections() if self._usable and self._keep else None

    def _connections(self) -> HTTPConnectionPool:
        url = parse_url(self._address)
        kind = _TLSPool if url.scheme == "https" else _Pool
        return kind(url.hostname or "", url.port, maxsize=self._most, attempts=self._attempts)

    def request(
        self,
        method: str,
        target: str,
        *,
        seconds: float,
        body: bytes | None = None,
        headers: Mapping[str, str] = _NO_HEADERS,
    ) -> HttpAnswer:
        """Return the answer to a request; `target` continues the address's own path. Raises RequestFailed."""
        until = time.monotonic() + seconds
        if not self._usable:
            raise RequestFailed("is no http or https address")
        if not self._open.acquire(blocking=False):
            raise RequestFailed(_TOO_MANY)
        try:
            target = f"/{(self._path + target).removeprefix('/')}"
            request = _Request(method, target, body, headers, until)
            if self._kept is not None:
                return self._whole(_send_again(self._kept, request))
            with self._connections() as connections:
                return self._whole(_send(connections, request))
        except _FAULTS as fault:
            raise _failure(fault, seconds) from None
        finally:
            self._open.release()

    def close(self) -> None:
        """Close idle connections."""
        if self._kept is not None:
            self._kept.close()

    def _whole(self, response: BaseHTTPResponse) -> HttpAnswer:
        """Read to the end, so that the connection can be reused; close it if the end is not reached."""
        whole = False
        try:
            if not self._largest:
                return HttpAnswer(response.status, b"")
            body = response.read(self._largest + 1, decode_content=False)
            if len(body) > self._largest:
                raise AnswerTooLarge(f"sent an answer of more than {self._largest >> 10} KiB", sent=True)
            if response.length_remaining:
                raise RequestFailed("broke off its answer", sent=True)
            whole = True
            return HttpAnswer(response.status, body)
        finally:
            if not whole:
                response.close()


def _send_again(pool: HTTPConnectionPool, request: _Request) -> BaseHTTPResponse:
    """Send a request; repeat it once if a kept connection was closed by the server before it answered."""
    try:
        return _send(pool, request)
    except faults.ProtocolError as fault:
        if not isinstance(fault.args[-1], StaleConnectionError):
            raise
    return _send(pool, request)


def _send(pool: HTTPConnectionPool, request: _Request) -> BaseHTTPResponse:
    left = request.until - time.monotonic()
    if left <= 0:
        raise faults.ConnectTimeoutError
    return pool.urlopen(
        request.method,
        request.target,
        body=request.body,
        headers={"Accept-Encoding": "identity", **request.headers},
        timeout=Timeout(total=left),
        retries=False,
        redirect=False,
        preload_content=False,
    )


def basic_auth(user: str, password: str) -> dict[str, str]:
    """Return the header of HTTP's basic authentication."""
    return dict(make_headers(basic_auth=f"{user}:{password}"))


def _failure(fault: Exception, seconds: float) -> RequestFailed:
    """Describe a failure. Without a connection the request cannot have arrived."""
    if isinstance(fault, faults.NameResolutionError):
        return RequestFailed("cannot be found: its name has no address")
    if isinstance(fault, faults.NewConnectionError):
        return RequestFailed("cannot be reached")
    if isinstance(fault, TimeoutError | faults.TimeoutError):
        connected = not isinstance(fault, faults.ConnectTimeoutError)
        return RequestFailed(f"did not answer within {seconds:g} s", sent=connected)
    if isinstance(fault, TooManyOpenError):
        return RequestFailed(_TOO_MANY)
    if isinstance(fault, faults.SSLError):
        return RequestFailed("has no trusted certificate")
    if isinstance(fault, faults.ProtocolError):
        return RequestFailed("broke off its answer", sent=True)
    return RequestFailed(f"cannot be asked ({type(fault).__name__})", sent=True)


_FAULTS = (faults.HTTPError, OSError, ValueError, TooManyOpenError)
