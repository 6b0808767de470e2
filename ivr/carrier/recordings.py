"""A server on loopback that stands in for the carrier's recordings API, protected by the account's SID and token.

As with the carrier, a recording is not available yet when the next document is requested, and can be deleted.
"""

from __future__ import annotations

import base64
import hmac
import re
import threading
from collections.abc import MutableMapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from ivr.speech.audio import read_wav, write_wav
from ivr.speech.audio.levels import silence

from .requests import DEMO_ACCOUNT

NOT_READY = 2
"""Number of requests for which a recording is not available yet."""
LARGEST_FORM = 64 << 10
"""Bytes of a request's body that are read."""
_NAME = re.compile(r"/2010-04-01/Accounts/(AC\w{32})/Recordings/(RE\w{32})\.(wav|json)")


class CarrierRecordings:
    """Stores and serves recordings; a context manager. `url` is the base URL for TWILIO_API_URL.

    `kept` holds the recordings, in memory unless it is another mapping.
    `asked` counts requests by recording, `refused` those without valid credentials; `deleted` lists deleted recordings.
    """

    def __init__(
        self,
        token: str,
        account: str = DEMO_ACCOUNT,
        *,
        port: int = 0,
        not_ready: int = NOT_READY,
        kept: MutableMapping[str, bytes] | None = None,
    ) -> None:
        self.account = account
        self.not_ready = not_ready
        self.refused = 0
        self.deleted: list[str] = []
        self._login = "Basic " + base64.b64encode(f"{account}:{token}".encode()).decode()
        self._kept: MutableMapping[str, bytes] = {} if kept is None else kept
        self.asked: dict[str, int] = {}
        self._http = ThreadingHTTPServer(("127.0.0.1", port), self._handler())
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)
        self.url = f"http://127.0.0.1:{self._http.server_port}"

    def keep(self, sid: str, sound: bytes) -> str:
        """Store a WAV file as the carrier does, in 8 kHz mono, or silence without one; return its address."""
        self._kept[sid] = write_wav(read_wav(sound) if sound else silence(1.0))
        return f"{self.url}/2010-04-01/Accounts/{self.account}/Recordings/{sid}"

    def keep_bytes(self, sid: str, content: bytes) -> None:
        """Store any bytes as a recording, as a faulty carrier might."""
        self._kept[sid] = content

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()

    def answer(self, method: str, path: str, login: str, body: bytes = b"") -> tuple[int, bytes]:
        """Return the status and the body of one request."""
        if (method, path) == ("GET", "/health"):
            return 200, b""
        # Before the resource is looked at: a stranger learns of no recording whether it exists.
        if not hmac.compare_digest(login.encode(), self._login.encode()):
            self.refused += 1
            return 401, b""
        return self.resource(method, path, body)

    def resource(self, method: str, path: str, body: bytes) -> tuple[int, bytes]:
        """Answer a request with valid credentials."""
        name = _NAME.fullmatch(path)
        if not name or name[1] != self.account or name[2] not in self._kept:
            return 404, b""
        sid = name[2]
        if method == "POST":
            return 405, b""
        if method == "DELETE":
            del self._kept[sid]
            self.deleted.append(sid)
            return 204, b""
        self.asked[sid] = self.asked.get(sid, 0) + 1
        return (404, b"") if self.asked[sid] <= self.not_ready else (200, self._kept[sid])

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self._answer("GET")

            def do_DELETE(self) -> None:
                self._answer("DELETE")

            def do_POST(self) -> None:
                self._answer("POST")

            def _answer(self, method: str) -> None:
                size = self.headers.get("Content-Length", "0")
                # Read to its end, or the connection refused: what is left of a body would be taken for the next
                # request.
                if not (size.isascii() and size.isdecimal() and int(size) <= LARGEST_FORM):
                    self.send_error(413)
                    return
                form = self.rfile.read(int(size))
                status, body = server.answer(method, self.path, self.headers.get("Authorization", ""), form)
                self.send_response(status)
                if status != 204:
                    self.send_header("Content-Type", "audio/x-wav" if body[:4] == b"RIFF" else "application/json")
                    self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its name in http.server
                return

        return Handler
