"""Twilio's REST API for calls as a real server on loopback: it knows one account and which of its calls still run."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

import pytest

SID, TOKEN = "AC" + "1" * 32, "0123456789abcdef0123456789abcdef"
RUNS, OVER = "CA" + "a" * 32, "CA" + "b" * 32


@dataclass
class Rest:
    """What it was sent. `busy` answers 429, `broken` with that status, `slow` waits so many seconds first."""

    url: str = ""
    busy: bool = False
    broken: int = 0
    slow: float = 0.0
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)

    def answer(self, path: str, authorization: str, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """Answer as Twilio does."""
        self.asked.append((path, form))
        if self.slow:
            self.released.wait(self.slow)
        right = "Basic " + base64.b64encode(f"{SID}:{TOKEN}".encode()).decode()
        if authorization != right:
            return 401, {"code": 20003, "message": f"not {authorization}"}
        if self.busy:
            return 429, {"code": 20429, "message": "Too Many Requests"}
        if self.broken:
            return self.broken, {"message": f"{form}"}
        base = f"/2010-04-01/Accounts/{SID}/"
        if path == f"{base}Calls.json":
            if not {"To", "From", "Url"} <= form.keys():
                return 400, {"code": 21201, "message": "no To"}
            return 201, {"sid": "CA" + "c" * 32, "status": "queued"}
        if path == f"{base}Calls/{OVER}.json":
            return 400, {"code": 21220, "message": f"{OVER} is not in-progress"}
        if path == f"{base}Calls/{RUNS}.json":
            return 200, {"sid": RUNS, "status": "in-progress"}
        return 404, {"code": 20404, "message": f"{path} was not found"}


@pytest.fixture
def rest() -> Iterator[Rest]:
    told = Rest()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            status, answer = told.answer(self.path, self.headers["Authorization"] or "", dict(parse_qsl(body)))
            content = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def handle(self) -> None:
            try:
                super().handle()
            except OSError:
                return  # the client has left

        def log_message(self, *args: Any) -> None:
            return

    class Server(ThreadingHTTPServer):
        request_queue_size = 32

    server = Server(("127.0.0.1", 0), Handler)
    told.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield told
    told.released.set()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def until() -> Any:
    """Wait for something that another thread does, ten seconds at most."""

    def wait(done: Any) -> None:
        end = time.monotonic() + 10
        while not done() and time.monotonic() < end:
            time.sleep(0.005)
        assert done()

    return wait
