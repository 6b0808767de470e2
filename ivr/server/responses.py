"""The bytes of an answer, from what a WSGI application returns."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from email.utils import formatdate
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

_NO_BODY = ("1", "204", "304")


@dataclass
class Outgoing:
    """Bytes to send now, and an iterator of those that follow; `close` closes the connection afterwards."""

    data: memoryview
    rest: Iterator[bytes] | None = None
    close: bool = False

    def next_part(self) -> bool:
        """Load the next bytes; return False at the end. Raises what the application's iterator raises."""
        for part in self.rest or ():
            if part:
                self.data = memoryview(part)
                return True
        self.end()
        return False

    def end(self) -> None:
        """Close what the application has opened."""
        close = getattr(self.rest, "close", None)
        self.rest = None
        if close:
            close()


def run_application(app: WSGIApplication, environ: WSGIEnvironment, *, keeps: bool) -> Outgoing:
    """Run an application and return its answer. Raises what it raises."""
    started: list[tuple[str, list[tuple[str, str]]]] = []

    def start(status: str, headers: list[tuple[str, str]], _fault: Any = None) -> Callable[[bytes], object]:
        # WSGI allows a second call with an exception before the first byte is sent: the last one counts.
        started[:] = [(status, headers)]
        return _no_writer

    parts = app(environ, start)
    if isinstance(parts, list):
        body = parts[0] if len(parts) == 1 else b"".join(parts)
        status, headers = started[0]
        return _whole(status, headers, body, environ["REQUEST_METHOD"], keeps=keeps)
    # Not read to its end first: a recording may have megabytes, and the client may be slow.
    return _streamed(parts, started, environ["REQUEST_METHOD"], keeps=keeps)


def short_answer(status: int, *, body: bytes = b"", kind: str = "text/plain; charset=utf-8", keeps: bool) -> Outgoing:
    """Return an answer of the server itself; without a body, the status is its text."""
    words = f"{status} {HTTPStatus(status).phrase}"
    return _whole(words, [("Content-Type", kind)], body or f"{words}\n".encode(), "GET", keeps=keeps)


def _whole(status: str, headers: list[tuple[str, str]], body: bytes, method: str, *, keeps: bool) -> Outgoing:
    names = {name.lower() for name, _ in headers}
    silent = method == "HEAD" or status.startswith(_NO_BODY)
    length = "" if "content-length" in names or status.startswith(_NO_BODY) else f"Content-Length: {len(body)}\r\n"
    head = _head(status, headers, length, keeps=keeps)
    return Outgoing(memoryview(head if silent else head + body), close=not keeps)


def _streamed(
    parts: Iterable[bytes], started: list[tuple[str, list[tuple[str, str]]]], method: str, *, keeps: bool
) -> Outgoing:
    rest = _closing(parts)
    first = next(rest, b"")  # an application may start its answer with the first bytes
    status, headers = started[0]
    silent = method == "HEAD" or status.startswith(_NO_BODY)
    ends = silent or any(name.lower() == "content-length" for name, _ in headers)
    head = _head(status, headers, "", keeps=keeps and ends)
    outgoing = Outgoing(memoryview(head if silent else head + first), rest, close=not (keeps and ends))
    if silent:
        outgoing.end()
    return outgoing


def _closing(parts: Iterable[bytes]) -> Iterator[bytes]:
    try:
        yield from parts
    finally:
        close = getattr(parts, "close", None)
        if close:
            close()


def _head(status: str, headers: list[tuple[str, str]], length: str, *, keeps: bool) -> bytes:
    lines = "".join([f"{name}: {value}\r\n" for name, value in headers])
    end = "" if keeps else "Connection: close\r\n"
    return f"HTTP/1.1 {status}\r\n{lines}{length}Date: {_date.now()}\r\n{end}\r\n".encode("latin-1")


def _no_writer(_: bytes) -> None:
    raise RuntimeError("an application returns its body; write() is not supported")


class _Date:
    """The date header, written once a second."""

    def __init__(self) -> None:
        self._second, self._text = 0, ""

    def now(self) -> str:
        second = int(time.time())
        if second != self._second:
            self._second, self._text = second, formatdate(second, usegmt=True)
        return self._text


_date = _Date()
