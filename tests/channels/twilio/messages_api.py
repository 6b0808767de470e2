"""Twilio's Messages API as a real server on loopback that answers as a test tells it to."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import pytest


@dataclass
class Api:
    """What it was sent, and what it answers. `status` 0 closes the connection without a word."""

    url: str = ""
    status: int = 201
    body: bytes = b'{"sid": "SM0123456789abcdef0123456789abcdef", "status": "queued"}'
    slow: float = 0
    drip: bool = False
    paths: list[str] = field(default_factory=list)
    forms: list[dict[str, str]] = field(default_factory=list)
    authorizations: list[str] = field(default_factory=list)


@pytest.fixture
def api() -> Iterator[Api]:
    told = Api()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            told.paths.append(self.path)
            told.forms.append({name: values[0] for name, values in parse_qs(body).items()})
            told.authorizations.append(self.headers["Authorization"])
            time.sleep(told.slow)
            if told.status:
                self._answer()
            self.close_connection = True

        def _answer(self) -> None:
            self.send_response(told.status)
            self.send_header("Content-Length", str(len(told.body)))
            self.end_headers()
            for byte in told.body if told.drip else ():
                self.wfile.write(bytes([byte]))
                self.wfile.flush()
                time.sleep(0.05)
            if not told.drip:
                self.wfile.write(told.body)

        def handle(self) -> None:
            try:
                super().handle()
            except OSError:
                return  # the client has left

        def log_message(self, *args: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield told
    server.shutdown()
    thread.join()
    server.server_close()
