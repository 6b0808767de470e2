"""A small real server that speaks TwiML and checks signatures, so that a load has something to call."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
from twilio.request_validator import RequestValidator

from ivr.loadtest import scripts
from ivr.loadtest.figures import LoadFigures
from ivr.loadtest.plan import Plan
from ivr.loadtest.run import LoadRun

TOKEN = "a-token-for-tests"
MENU = """<Response><Gather input="dtmf" numDigits="1" timeout="5" action="/menu">
<Say language="cmn-CN">欢迎致电示范银行。查询余额，请按1。</Say></Gather><Redirect>/silent</Redirect></Response>"""
CARD = """<Response><Gather input="dtmf" numDigits="4" timeout="5" action="/card">
<Say language="cmn-CN">请输入卡号后四位。</Say></Gather><Hangup/></Response>"""
PIN = CARD.replace('"4"', '"6"').replace("卡号后四位", "查询密码").replace("/card", "/pin")
BALANCE = '<Response><Say language="cmn-CN">余额为12345元。</Say><Hangup/></Response>'
PAGES = {"/twilio/voice/main_menu": MENU, "/menu": CARD, "/card": PIN, "/pin": BALANCE, "/silent": BALANCE}

CONVERSATIONS = """
conversation: asks for the balance
flow: main_menu
from: "+8613800000001"
weight: 3
turns:
  - {hear: 查询余额，请按1, press: "1"}
  - {hear: 卡号后四位, press: "0128"}
  - {hear: 查询密码, press: "135790", secret: true}
  - hear: 余额为12345元
---
conversation: says nothing
flow: main_menu
turns:
  - {hear: 欢迎致电, wait: true}
  - hear: 余额
---
conversation: at night
flow: main_menu
at: 2026-11-23T23:00+08:00
turns:
  - hear: 下班
---
conversation: the bank is gone
flow: main_menu
bank: gone
turns:
  - hear: 无法查询
---
conversation: sent again
flow: main_menu
turns:
  - {hear: 欢迎, press: "1", repeat_request: true}
---
conversation: never in a load
flow: main_menu
weight: 0
turns:
  - hear: 欢迎
"""

TALK = """conversation: asks
flow: main_menu
turns:
  - {hear: 查询余额，请按1, press: "1"}
  - {hear: 卡号后四位, press: "0128"}
  - {hear: 查询密码, press: "135790", secret: true}
  - hear: 余额为12345元
"""


class Phone(ThreadingHTTPServer):
    """The server. What comes to a path in `stalls` is held until the server is closed; `cookie` is set each time."""

    daemon_threads = True
    request_queue_size = 512

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.pages = dict(PAGES)
        self.statuses: dict[str, int] = {}
        self.stalls: set[str] = set()
        self.cookie = ""
        self.closed = threading.Event()
        self.calls: set[str] = set()
        self.ended: set[str] = set()
        self.forms: list[dict[str, str]] = []
        self.url = f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: object, client_address: object) -> None:
        """A caller who leaves is no error."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Phone

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = dict(parse_qsl(body, keep_blank_values=True))
        signature = self.headers.get("X-Twilio-Signature", "")
        if not RequestValidator(TOKEN).validate(self.server.url + self.path, form, signature):
            return self.answer(403, "")
        if self.path in self.server.stalls:
            self.server.closed.wait()
        if self.path == "/twilio/status":
            self.server.ended.add(form["CallSid"])
            return self.answer(204, "")
        self.server.calls.add(form["CallSid"])
        self.server.forms.append(form)
        page = self.server.pages.get(self.path)
        return self.answer(self.server.statuses.get(self.path, 200) if page else 404, page or "")

    def answer(self, status: int, page: str) -> None:
        body = page.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/xml")
        if self.server.cookie:
            self.send_header("Set-Cookie", self.server.cookie)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Phone]:
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", TOKEN)
    monkeypatch.delenv("IVR_PUBLIC_URL", raising=False)
    phone = Phone()
    thread = threading.Thread(target=phone.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield phone
    phone.closed.set()
    phone.shutdown()
    phone.server_close()
    thread.join()


@pytest.fixture
def conversations(tmp_path: Path) -> str:
    file = tmp_path / "main_menu.yaml"
    file.write_text(CONVERSATIONS, encoding="utf-8")
    return str(file)


_RUNS: list[LoadRun] = []


@pytest.fixture(autouse=True)
def close_runs() -> Iterator[None]:
    yield
    while _RUNS:
        _RUNS.pop().close()


def run_of(server: Phone, tmp_path: Path, text: str = TALK, **plan: object) -> LoadRun:
    file = tmp_path / "talk.yaml"
    file.write_text(text, encoding="utf-8")
    facts: dict[str, object] = {"speed": 1000.0, "think": 0.0, "timeout": 0.3, "seconds": 60.0, **plan}
    planned = Plan("main_menu", server.url, conversations=str(file), **facts)  # type: ignore[arg-type]
    figures = LoadFigures(width=planned.slice_seconds, budget=planned.budget)
    chosen = scripts.load_scripts(planned.conversations, planned.flow)
    _RUNS.append(LoadRun(planned, chosen, threading.Event(), TOKEN, figures))
    return _RUNS[-1]
