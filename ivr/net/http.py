"""The HTTP client: one deadline for a whole request, from the name look-up to the last byte read."""

from __future__ import annotations

import base64
import http.client
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import urlsplit

from .connections import TOO_MANY, Connection, NotConnectedError, ServerConnections
from .exchange import TooLargeError, UnansweredError, exchange, request_bytes
from .forks import renew_in_forks
from .turnstile import step_aside

_NO_HEADERS: Mapping[str, str] = MappingProxyType({})
_FAULTS = (NotConnectedError, TooLargeError, http.client.HTTPException, OSError, ValueError)


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
    written: bytes
    until: float


class HttpClient:
    """Requests to one server, each with one deadline. Thread-safe; follows no redirect, ignores cookies.

    At most `most` requests are open at a time; the next one fails at once, so a slow server cannot occupy all threads.
    With `keep`, connections are kept, and a request is sent again if the server closed a kept connection before it
    answered: only for requests that may arrive twice. If `largest` is 0, an answer's body is not read. `certificate` is
    the file with the client's certificate and its key, for a server that asks for one.
    """

    def __init__(self, base_url: str, *, most: int, largest: int, keep: bool = True, certificate: str = "") -> None:
        url = urlsplit(base_url)
        self._address, self._path = f"{url.scheme}://{url.netloc}", url.path
        self._usable = url.scheme in ("http", "https") and bool(url.hostname)
        self._most, self._largest, self._keep, self._certificate = most, largest, keep, certificate
        self.renew()
        renew_in_forks(self)

    def renew(self) -> None:
        """Reset to the state of a new client, without connections."""
        self._open = threading.Semaphore(self._most)
        self._connections = ServerConnections(self._address, self._most, self._certificate) if self._usable else None

    def request(
        self,
        method: str,
        target: str,
        *,
        seconds: float,
        body: bytes | None = None,
        headers: Mapping[str, str] = _NO_HEADERS,
    ) -> HttpAnswer:
        """Return the answer to a request; `target` is appended to the path of the base URL. Raises RequestFailed."""
        until = time.monotonic() + seconds
        if self._connections is None:
            raise RequestFailed("is no http or https address")
        # Not waited for: a slow bank would otherwise collect all threads of the server, one caller after the other.
        if not self._open.acquire(blocking=False):
            raise RequestFailed(TOO_MANY)
        try:
            target = f"/{(self._path + target).removeprefix('/')}"
            written = request_bytes(method, target, self._connections.host, headers, body)
            # The thread computes nothing until the answer has come, so another turn may take its place.
            with step_aside():
                return self._answer(self._connections, _Request(method, written, until))
        except _FAULTS as fault:
            raise self._failure(fault, seconds) from None
        finally:
            self._open.release()

    def close(self) -> None:
        """Close idle connections."""
        if self._connections is not None:
            self._connections.close()

    def _answer(self, connections: ServerConnections, request: _Request) -> HttpAnswer:
        """Send a request; repeat it once if the server closed a kept connection before it answered."""
        kept = connections.kept()
        if kept is not None:
            with suppress(UnansweredError):
                return self._exchange(connections, kept, request)
        return self._exchange(connections, connections.open(request.until), request)

    def _exchange(self, connections: ServerConnections, connection: Connection, request: _Request) -> HttpAnswer:
        """Send on a connection, and keep it only if the answer was read to its end."""
        whole = False
        try:
            answer = exchange(
                connection.sock, request.written, method=request.method, until=request.until, largest=self._largest
            )
            whole = answer.whole and self._keep
            return HttpAnswer(answer.status, answer.body)
        finally:
            if whole:
                connections.keep(connection)
            else:
                connection.close()

    def _failure(self, fault: Exception, seconds: float) -> RequestFailed:
        """Return the failure in words. Until a connection is open, nothing can have arrived."""
        late = f"did not answer within {seconds:g} s"
        match fault:
            case NotConnectedError():
                return RequestFailed(fault.reason or late)
            case TimeoutError():
                return RequestFailed(late, sent=True)
            case TooLargeError():
                return AnswerTooLarge(f"sent an answer of more than {self._largest >> 10} KiB", sent=True)
            # Before a request is sent: a header or target that cannot be written. Its text may quote a value.
            case ValueError():
                return RequestFailed(f"cannot be asked ({type(fault).__name__})")
        return RequestFailed("broke off its answer", sent=True)


def basic_auth(user: str, password: str) -> dict[str, str]:
    """Return the Authorization header of HTTP's basic authentication."""
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode("latin-1")).decode()}
