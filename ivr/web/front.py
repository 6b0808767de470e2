"""Answer turns before Flask's dispatch, which costs more than the rest of a turn's HTTP handling.

Only turns are answered here, with the same bytes as by Flask; every other request is passed to Flask with its body, and
all of them if the application has hooks around requests. A test compares the two.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from flask import Flask

from ivr.channels.base import DirectAnswer, DirectTurns
from ivr.net.turnstile import Turnstile

from .plain_dispatch import PlainDispatch

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_HOST = re.compile(r"[A-Za-z0-9.-]+(?::[1-9][0-9]{0,3})?")
"""Hosts that every version of the framework accepts; others are left to it."""
_LENGTH = re.compile(r"[0-9]{1,9}")
_HANDED_ON = ("HTTP_TRANSFER_ENCODING", "HTTP_UPGRADE", "werkzeug.debug.preserve_context")
"""Keys of requests that only the framework handles: chunked bodies, web sockets, tests that inspect the request."""


class Front:
    """A WSGI application around `behind`, the framework's own."""

    def __init__(self, app: Flask, behind: WSGIApplication, channels: Sequence[DirectTurns]) -> None:
        self.behind = behind
        self._config = app.config
        self._turnstile = Turnstile()
        self._channels = [(turns, PlainDispatch(app, turns)) for turns in channels]

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a turn, or pass the request on."""
        if environ["REQUEST_METHOD"] == "POST":
            for turns, dispatch in self._channels:
                answer = turns.find(environ.get("PATH_INFO", ""))
                if answer is not None:
                    document = self._document(environ, answer) if dispatch.holds() else None
                    if document is not None:
                        headers = [("Content-Type", turns.content_type), ("Content-Length", str(len(document)))]
                        start_response("200 OK", headers)
                        return [document]
                    break
        return self.behind(environ, start_response)

    def _document(self, environ: WSGIEnvironment, answer: DirectAnswer) -> bytes | None:
        """Return the turn's document, or None with the request as it was."""
        if not _HOST.fullmatch(environ.get("HTTP_HOST", "")) or not environ.keys().isdisjoint(_HANDED_ON):
            return None
        length = environ.get("CONTENT_LENGTH", "")
        most = self._config["MAX_CONTENT_LENGTH"]
        if not _LENGTH.fullmatch(length) or not most or int(length) > most:
            return None
        # The framework reads a terminated stream to its end, even beyond its declared length.
        body = _read(environ["wsgi.input"].read, most + 1 if "wsgi.input_terminated" in environ else int(length))
        if body is None:
            return None
        document = None
        # A shorter body means that the carrier broke off; the framework answers that.
        if len(body) == int(length):
            # Only here: a slow sender of a body must not hold up the turns behind it.
            with self._turnstile:
                document = answer(environ, body)
        if document is None:
            # The framework reads the body again, and a stream can be read only once.
            environ["wsgi.input"] = io.BytesIO(body)
        return document


def _read(read: Callable[[int], bytes], size: int) -> bytes | None:
    """Read `size` bytes, or fewer if the stream ends before; return None if it fails."""
    try:
        body = read(size)
        while len(body) < size:
            more = read(size - len(body))
            if not more:
                break
            body += more
    except (OSError, ValueError):
        return None
    return body
