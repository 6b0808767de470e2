"""Twilio's REST API as a real server on loopback: two accounts, their calls and messages, and faults on demand."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

import pytest

SID, TOKEN = "AC" + "1" * 32, "0123456789abcdef0123456789abcdef"
ACCOUNTS = {SID: TOKEN, "AC1": "t"}
RUNS, OVER, PLACED = "CA" + "a" * 32, "CA" + "b" * 32, "CA" + "c" * 32
MESSAGE = "SM0123456789abcdef0123456789abcdef"


@dataclass
class Api:
    """What it was sent, and what it answers in place of Twilio's answer.

    `status` 0 closes the connection without a word. `hangs` and `drips` last until `released` is set: one answers
    nothing, the other a byte now and then.
    """

    url: str = ""
    status: int | None = None
    body: bytes | None = None
    hangs: bool = False
    drips: bool = False
    released: threading.Event = field(default_factory=threading.Event)
    paths: list[str] = field(default_factory=list)
    forms: list[dict[str, str]] = field(default_factory=list)

    @property
    def asked(self) -> list[tuple[str, dict[str, str]]]:
        """Return each path with its form."""
        return list(zip(self.paths, self.forms, strict=True))

    def answer(self, path: str, authorization: str, form: dict[str, str] | None) -> tuple[int, bytes]:
        """Note the request, `form` None for a GET, and return status and body."""
        self.paths.append(path)
        self.forms.append(form or {})
        if self.hangs:
            self.released.wait()
        status, content = as_twilio(path, authorization, form)
        body = json.dumps(content).encode() if self.body is None else self.body
        return status if self.status is None else self.status, body


def as_twilio(path: str, authorization: str, form: dict[str, str] | None) -> tuple[int, dict[str, Any]]:
    """Answer as Twilio does. Refusals repeat what was sent, as Twilio's do."""
    account, _, resource = path.removeprefix("/2010-04-01/Accounts/").partition("/")
    right = "Basic " + base64.b64encode(f"{account}:{ACCOUNTS.get(account)}".encode()).decode()
    if authorization != right:
        return 401, {"code": 20003, "message": f"not {authorization}"}
    if form is None and resource in (f"Calls/{OVER}.json", f"Calls/{RUNS}.json"):
        return 200, {"sid": resource[6:-5], "status": "completed" if OVER in resource else "in-progress"}
    if form is None:
        return 404, {"code": 20404, "message": f"{path} was not found"}
    if resource == "Messages.json" and {"To", "Body"} <= form.keys():
        return 201, {"sid": MESSAGE, "status": "queued"}
    if resource == "Calls.json" and {"To", "From", "Url"} <= form.keys():
        return 201, {"sid": PLACED, "status": "queued"}
    if resource in ("Messages.json", "Calls.json"):
        return 400, {"code": 21201, "message": f"{form} lacks something"}
    if resource == f"Calls/{OVER}.json":
        return 400, {"code": 21220, "message": f"{OVER} is not in-progress"}
    if resource == f"Calls/{RUNS}.json":
        return 200, {"sid": RUNS, "status": "in-progress"}
    return 404, {"code": 20404, "message": f"{path} was not found"}


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        self._answer(dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode())))

    def do_GET(self) -> None:
        self._answer(None)

    def _answer(self, form: dict[str, str] | None) -> None:
        status, body = self.server.api.answer(self.path, self.headers["Authorization"] or "", form)
        self.close_connection = True
        if not status:
            return
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(1 << 20 if self.server.api.drips else len(body)))
        self.end_headers()
        while self.server.api.drips and not self.server.api.released.wait(0.02):
            self.wfile.write(b" ")
        self.wfile.write(body)

    def handle(self) -> None:
        try:
            super().handle()
        except OSError:
            return  # the client has left

    def log_message(self, *args: Any) -> None:
        return


class _Server(ThreadingHTTPServer):
    request_queue_size = 32

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.api = Api(f"http://127.0.0.1:{self.server_port}")


@pytest.fixture
def api() -> Iterator[Api]:
    with _Server() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server.api
        server.api.released.set()
        server.shutdown()
        thread.join()
