"""Read HTTP/1.1 requests from the bytes of a connection, with bounds on head and body."""

from __future__ import annotations

import io
import sys
from collections import deque
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

import httptools

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

LARGEST_HEAD = 16 * 1024
"""Bytes of a head; a voice request has about 600, and proxies add cookies and traces."""
MOST_HEADERS = 100
_BASE: dict[str, Any] = {
    "SCRIPT_NAME": "",
    "SERVER_PROTOCOL": "HTTP/1.1",
    "wsgi.errors": sys.stderr,
    "wsgi.input_terminated": True,
    "wsgi.multiprocess": True,
    "wsgi.multithread": True,
    "wsgi.run_once": False,
    "wsgi.url_scheme": "http",
    "wsgi.version": (1, 0),
}
_NO_PREFIX = {"HTTP_CONTENT_TYPE": "CONTENT_TYPE", "HTTP_CONTENT_LENGTH": "CONTENT_LENGTH"}
_SINGLE = frozenset({"HTTP_HOST", "CONTENT_TYPE", "CONTENT_LENGTH", "HTTP_AUTHORIZATION"})


class BadRequestError(Exception):
    """The bytes are no request that is answered; `status` is the answer."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class HttpRequest:
    """One request, its head first: `environ` is complete with the head, its body with `whole`."""

    __slots__ = ("_body", "_size", "admitted", "environ", "keeps", "queued", "whole")

    def __init__(self, environ: WSGIEnvironment) -> None:
        self.environ = environ
        self.whole = self.keeps = self.admitted = False
        self.queued = 0.0
        self._body: list[bytes] = []
        self._size = 0

    @property
    def expects_word(self) -> bool:
        """Return whether the client sends the body only after `100 Continue`."""
        return not self._body and not self.whole and self.environ.get("HTTP_EXPECT", "").lower() == "100-continue"

    def take(self, part: bytes, most: int) -> None:
        """Take a part of the body. Raises BadRequestError for more than `most` bytes."""
        self._size += len(part)
        if self._size > most:
            raise BadRequestError(413)
        self._body.append(part)

    def end(self) -> None:
        """Complete the body; a chunked one looks like any other from here on."""
        self.whole = True
        body = self._body[0] if len(self._body) == 1 else b"".join(self._body)
        self._body = []
        self.environ["wsgi.input"] = io.BytesIO(body)
        if self.environ.pop("HTTP_TRANSFER_ENCODING", None) is not None:
            self.environ["CONTENT_LENGTH"] = str(len(body))


class RequestReader:
    """The requests of one connection; `complete` holds those that have arrived whole, oldest first."""

    __slots__ = (
        "_begun",
        "_client",
        "_fault",
        "_headers",
        "_most",
        "_parser",
        "_target",
        "_unread",
        "complete",
        "current",
    )

    def __init__(self, client: dict[str, Any], most_body: int) -> None:
        self._client, self._most = client, most_body
        self._parser = httptools.HttpRequestParser(self)
        self.complete: deque[HttpRequest] = deque()
        self.current: HttpRequest | None = None
        self._fault = self._unread = 0
        self._begin()

    @property
    def is_between(self) -> bool:
        """Return whether no byte of a next request has arrived."""
        return not self._begun

    def feed(self, data: bytes) -> None:
        """Take bytes. Raises BadRequestError; requests that were complete before the fault are in `complete`."""
        self._unread += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:  # refused: the request is answered as it is, and nothing follows
            if self.complete:
                self.complete[-1].keeps = False
        # `from None`: the error quotes what was sent.
        except httptools.HttpParserError:
            raise BadRequestError(self._fault or 400) from None
        if self.current is None and self._unread > LARGEST_HEAD:
            raise BadRequestError(431)

    def on_message_begin(self) -> None:
        """Note the first byte of a request."""
        self._begun = True

    def on_url(self, part: bytes) -> None:
        """Take a part of the target."""
        self._target += part

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header. Those of a chunked body's end are dropped."""
        if self.current is None:
            self._headers.append((name, value))
            if len(self._headers) > MOST_HEADERS:
                self._refuse(431)

    def on_headers_complete(self) -> None:
        """Build the environment of a request whose head is complete."""
        if len(self._target) + sum(len(name) + len(value) for name, value in self._headers) > LARGEST_HEAD:
            self._refuse(431)
        request = HttpRequest(self._environ())
        length = request.environ.get("CONTENT_LENGTH", "")
        if length and int(length) > self._most:
            self._refuse(413)
        self.current = request

    def on_body(self, part: bytes) -> None:
        """Take a part of the body."""
        if self.current is not None:
            try:
                self.current.take(part, self._most)
            except BadRequestError as fault:
                self._refuse(fault.status)

    def on_message_complete(self) -> None:
        """Move the request to those that are complete."""
        request = self.current
        if request is not None:
            request.end()
            request.keeps = self._parser.should_keep_alive()
            self.complete.append(request)
        self._begin()

    def _begin(self) -> None:
        self.current, self._begun = None, False
        self._target, self._headers, self._unread = b"", list[tuple[bytes, bytes]](), 0

    def _refuse(self, status: int) -> None:
        """Leave the parser, which reports any exception of its callbacks as an error of its own."""
        # The first fault is kept: the parser turns it into its own error, which says nothing of the status.
        self._fault = self._fault or status
        raise BadRequestError(status)

    def _environ(self) -> WSGIEnvironment:
        target = self._target.decode("latin-1")
        path, _, query = target.partition("?")
        # A proxy may send the whole address as the target; its host says nothing, because Host is what routes.
        if not path.startswith("/"):
            path = "/" + path.partition("://")[2].partition("/")[2] if "://" in path else path
        environ: WSGIEnvironment = {
            **_BASE,
            **self._client,
            "REQUEST_METHOD": self._parser.get_method().decode("latin-1"),
            "RAW_URI": target,
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1") if "%" in path else path,
            "QUERY_STRING": query,
        }
        for raw_name, value in self._headers:
            name = _VARIABLES.get(raw_name) or _variable(raw_name)
            if not name:
                continue
            text = value.decode("latin-1")
            if name not in environ:
                environ[name] = text
            # Two of these are read differently by proxies and applications, which is how requests are smuggled.
            elif name in _SINGLE:
                self._refuse(400)
            else:
                environ[name] += "," + text
        return environ


_VARIABLES: dict[bytes, str] = {}
"""The environment's names of headers that have been seen; bounded, since clients choose them."""
_MOST_VARIABLES = 500


def _variable(name: bytes) -> str:
    """Return the environment's name of a header; none for one with an underscore, which could pose as another."""
    if b"_" in name:
        return ""
    variable = "HTTP_" + name.decode("latin-1").upper().replace("-", "_")
    variable = _NO_PREFIX.get(variable, variable)
    # Carriers send the same names with every request, so they are worked out once.
    if len(_VARIABLES) < _MOST_VARIABLES:
        _VARIABLES[name] = variable
    return variable
