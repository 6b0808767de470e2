"""The interface of a transport, and the transport to a WSGI application in this process."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlsplit

from ivr.errors import IvrError

from .connection_overrides import Cause

CARRIER_CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 15.0  # Twilio's hard limit for one exchange
WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class NoAnswer(IvrError):
    """No answer came. `number` is Twilio's error number, `cause` the name of the failure in `rp`.

    A connection that broke off counts as 5xx: a proxy in front of the carrier's client answers 502.
    """

    def __init__(self, number: int, message: str, cause: Cause = "5xx") -> None:
        self.number, self.cause = number, cause
        super().__init__(message)


@dataclass(frozen=True)
class CarrierAnswer:
    """An HTTP answer. `cookies` are the values of the Set-Cookie headers.

    `held` is how many seconds the transport kept the request back before it sent it, as a load test's does.
    """

    status: int
    content_type: str
    body: bytes
    location: str = ""
    cookies: tuple[str, ...] = ()
    held: float = 0.0


class Transport(Protocol):
    """Sends one request and returns the answer."""

    def send(self, method: str, url: str, body: bytes, headers: Mapping[str, str]) -> CarrierAnswer:
        """Send a request; follow no redirects. Raises NoAnswer if no answer comes within the carrier's limits."""


class WsgiTransport:
    """Calls a WSGI application in this process as a server would."""

    def __init__(self, app: WsgiApp) -> None:
        self._app = app

    def send(self, method: str, url: str, body: bytes, headers: Mapping[str, str]) -> CarrierAnswer:
        """Call the application."""
        status: list[str] = []
        fields: list[tuple[str, str]] = []

        def start(line: str, response_headers: list[tuple[str, str]], _exc_info: object = None) -> Callable[..., None]:
            status[:] = [line]
            fields[:] = response_headers
            return lambda _data: None

        chunks = self._app(_environ(method, url, body, headers), start)
        try:
            answer = b"".join(chunks)
        finally:
            if close := getattr(chunks, "close", None):
                close()
        names = {name.lower(): value for name, value in fields}
        cookies = tuple(value for name, value in fields if name.lower() == "set-cookie")
        code = int(status[0].split()[0])
        return CarrierAnswer(code, names.get("content-type", ""), answer, names.get("location", ""), cookies)


def _environ(method: str, url: str, body: bytes, headers: Mapping[str, str]) -> dict[str, Any]:
    from urllib.parse import unquote_to_bytes

    parts = urlsplit(url)
    raw = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    environ = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(parts.path or "/").decode("latin-1"),
        "QUERY_STRING": parts.query,
        # Undecoded, as servers give it: signatures are computed over the bytes on the wire.
        "REQUEST_URI": raw,
        "RAW_URI": raw,
        "SERVER_NAME": parts.hostname or "localhost",
        "SERVER_PORT": str(parts.port or (443 if parts.scheme == "https" else 80)),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": parts.netloc.rpartition("@")[2],
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": parts.scheme,
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in headers.items():
        key = name.upper().replace("-", "_")
        environ[key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"] = value
    return environ
