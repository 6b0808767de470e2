"""One HTTP/1.1 request and its answer on an open socket, within a deadline.

A socket's timeout restarts with each byte, so it is set to the time that is left before each read. The usual answer,
with a Content-Length, is read here, at a fifth of the cost; any other is parsed by `http.client`. A test compares both.
"""

from __future__ import annotations

import http.client
import io
import re
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

_MOST_AT_ONCE = 65_536
_LARGEST_HEAD = 65_536
_HEAD = re.compile(rb"HTTP/1\.1 ([2-5][0-9][0-9]) [ -~]*((?:\r\n[A-Za-z0-9-]+:[ -~]*)*)\r\n\r\n")
_LENGTH = re.compile(rb"\r\ncontent-length:[ ]*([0-9]{1,15})[ ]*(?=\r\n|$)")
_SPECIAL = (b"\r\ntransfer-encoding:", b"\r\nconnection:")
"""Headers that change where an answer ends, or whether another may follow."""
_NO_BODY = frozenset({204, 304})
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_TARGET = re.compile(r"[!-~]+")


class UnansweredError(ConnectionError):
    """The server closed the connection before the first byte of its answer."""


class TooLargeError(Exception):
    """The body of the answer is larger than the limit."""


@dataclass(frozen=True)
class ServerAnswer:
    """Status and body; `whole` is true if the connection can be reused."""

    status: int
    body: bytes
    whole: bool


def request_bytes(method: str, target: str, host: str, headers: Mapping[str, str], body: bytes | None) -> bytes:
    """Return the bytes of a request. Raises ValueError for an invalid header."""
    # A line break in a value would begin another header or another request.
    if _CONTROL.search("".join(headers.values())):
        raise ValueError("a header holds a control character")
    if not _TARGET.fullmatch(target):
        target = quote(target, safe="!#$%&'()*+,/:;=?@[]~")
    lines = [f"{method} {target} HTTP/1.1", f"Host: {host}", "Accept-Encoding: identity", "User-Agent: ivr-flows"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    # A server may wait for the body of a POST without a length, or answer 411.
    if body is not None or method in ("POST", "PUT", "PATCH"):
        lines.append(f"Content-Length: {len(body or b'')}")
    return "\r\n".join([*lines, "\r\n"]).encode("latin-1") + (body or b"")


def exchange(sock: socket.socket, request: bytes, *, method: str, until: float, largest: int) -> ServerAnswer:
    """Send a request and read its answer; if `largest` is 0, without its body.

    Raises UnansweredError, TooLargeError, TimeoutError, OSError and http.client's HTTPException.
    """
    try:
        _send(sock, request, until)
        received = _receive(sock, until)
    # Nothing of an answer has come: over a kept connection the server had most likely closed it before the request.
    except (ConnectionError, ssl.SSLEOFError, ssl.SSLZeroReturnError) as fault:
        raise UnansweredError from fault
    if not received:
        raise UnansweredError
    while b"\r\n\r\n" not in received and len(received) <= _LARGEST_HEAD:
        more = _receive(sock, until)
        if not more:
            break
        received += more
    head = _HEAD.match(received)
    length = _plain_length(head, method) if head else None
    if head is None or length is None:
        return _parsed(sock, received, method=method, until=until, largest=largest)
    status = int(head[1])
    if not largest:
        return ServerAnswer(status, b"", whole=False)
    if length > largest:
        raise TooLargeError
    body = received[head.end() :]
    while len(body) < length:
        more = _receive(sock, until)
        if not more:
            # Without what has come so far, since an exception must not hold a part of an answer with balances.
            raise http.client.IncompleteRead(b"")
        body += more
    # Bytes behind the answer would be taken for the beginning of the next one; such a connection is not used again.
    return ServerAnswer(status, body[:length], whole=len(body) == length)


def _plain_length(head: re.Match[bytes], method: str) -> int | None:
    """Return the body's length, or None where anything but one Content-Length decides where the answer ends."""
    fields = head[2].lower()
    if method == "HEAD" or int(head[1]) in _NO_BODY or any(name in fields for name in _SPECIAL):
        return None
    lengths = _LENGTH.findall(fields)
    # Two lengths are how answers are smuggled behind others; http.client decides such a case, at the cost of its time.
    return int(lengths[0]) if len(lengths) == fields.count(b"\r\ncontent-length:") == 1 else None


def _parsed(sock: socket.socket, received: bytes, *, method: str, until: float, largest: int) -> ServerAnswer:
    """Parse the answer that begins with `received` by `http.client`."""
    response = http.client.HTTPResponse(_PacedSocket(sock, received, until), method=method)  # type: ignore[arg-type]
    try:
        response.begin()
        # One byte more than allowed tells a body that is too large from one that just fits.
        body = response.read(largest + 1) if largest else b""
        if len(body) > largest:
            raise TooLargeError
        if largest and response.length:
            raise http.client.IncompleteRead(b"")
        return ServerAnswer(response.status, body, whole=response.isclosed() and not response.will_close)
    finally:
        response.close()


def _send(sock: socket.socket, request: bytes, until: float) -> None:
    left = memoryview(request)
    while left:
        sock.settimeout(_seconds_left(until))
        left = left[sock.send(left) :]


def _receive(sock: socket.socket, until: float) -> bytes:
    sock.settimeout(_seconds_left(until))
    return sock.recv(_MOST_AT_ONCE)


def _seconds_left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError("the deadline has passed")
    return left


class _Paced(io.RawIOBase):
    """Reads the bytes received already, then from a socket until a deadline."""

    def __init__(self, sock: socket.socket, received: bytes, until: float) -> None:
        self._sock, self._received, self._until = sock, received, until

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self._received:
            self._sock.settimeout(_seconds_left(self._until))
            return self._sock.recv_into(buffer)
        size = min(len(buffer), len(self._received))
        buffer[:size], self._received = self._received[:size], self._received[size:]
        return size


class _PacedSocket:
    """The part of a socket that `http.client` uses to read an answer."""

    def __init__(self, sock: socket.socket, received: bytes, until: float) -> None:
        self._reader = _Paced(sock, received, until)

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(self._reader)
