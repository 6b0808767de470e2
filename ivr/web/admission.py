"""Which requests a server answers without the engine: unsigned ones, health checks, and turns that waited too long."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from ivr.channels.base import DirectTurns
from ivr.telemetry import log
from ivr.telemetry.metrics import Metrics

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_PLAIN = "text/plain; charset=utf-8"
LIVE = "/health/live"


class Admission:
    """The rules of `ivr.server.door.GuardedApplication` for the channels of one application.

    Its answers are those of the routes, byte for byte; a test compares them.
    """

    def __init__(self, channels: Sequence[DirectTurns], metrics: Metrics) -> None:
        self._channels, self._metrics = channels, metrics
        self._last_resorts = frozenset(path for turns in channels for path in turns.last_resorts)

    def at_once(self, environ: WSGIEnvironment) -> tuple[int, bytes, str] | None:
        """Answer a liveness check, and refuse a webhook request that carries no signature."""
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        if method == "GET":
            return (200, b'{"live":true}\n', "application/json") if path == LIVE else None
        if method == "POST":
            for turns in self._channels:
                # From the head alone: a flood of unsigned requests must cost neither a thread nor the reading of
                # bodies.
                if turns.signature and path.startswith(turns.root) and not environ.get(turns.signature):
                    self._metrics.refused.inc()
                    return 403, b"403 Forbidden\n", _PLAIN
        return None

    def is_urgent(self, environ: WSGIEnvironment) -> bool:
        """Return whether a request is a caller's last resort, which must not wait behind turns."""
        return environ["PATH_INFO"] in self._last_resorts

    def without_engine(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Ask a caller to wait, in place of a turn that found no free thread; 503 for any other request."""
        if environ["REQUEST_METHOD"] == "POST":
            # Without a document in time the carrier plays its own announcement of a fault, and hangs up.
            body = environ["wsgi.input"].read()
            for turns in self._channels:
                if turns.find(environ["PATH_INFO"]) is not None and (document := turns.hold(environ, body)):
                    log.line("held", path=environ["PATH_INFO"])
                    start_response("200 OK", [("Content-Type", turns.content_type)])
                    return [document]
        start_response("503 Service Unavailable", [("Content-Type", _PLAIN)])
        return [b"503 Service Unavailable\n"]
