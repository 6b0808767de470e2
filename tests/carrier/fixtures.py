"""A small server of hand-written TwiML that checks signatures, and a caller who does what a list says."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any
from urllib.parse import parse_qsl
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from twilio.request_validator import RequestValidator

from ivr.carrier.caller import (
    Act,
    DeskAnswer,
    Gone,
    HeardPause,
    HeardPrompt,
    HeardRecording,
    HeardText,
    HeardTone,
    ListeningWindow,
    Stretch,
)
from ivr.carrier.carrier_options import CallResult, CarrierOptions
from ivr.carrier.clock import VirtualClock
from ivr.carrier.player import Player
from ivr.carrier.requests import PhoneLine
from ivr.carrier.transport import WsgiTransport

TOKEN = "a token"
Page = str | bytes | Callable[[dict[str, str]], Any]


class Server:
    """Answers each path with its page: verbs, a function of the form, or (status, type, body, *headers)."""

    def __init__(self, pages: dict[str, Page]) -> None:
        self.pages = pages
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.headers: list[dict[str, str]] = []

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"] or 0)).decode()
        form = dict(parse_qsl(body, keep_blank_values=True))
        query = environ["QUERY_STRING"]
        path = environ["PATH_INFO"] + (f"?{query}" if query else "")
        self.requests.append((path, form))
        self.headers.append({k: v for k, v in environ.items() if k.startswith("HTTP_")})
        url = f"{environ['wsgi.url_scheme']}://{environ['HTTP_HOST']}{path}"
        signed = environ.get("HTTP_X_TWILIO_SIGNATURE", "")
        if not RequestValidator(TOKEN).validate(url, form, signed):
            start("403 Forbidden", [("Content-Type", "text/plain")])
            return [b"no"]
        page = self.pages.get(path, self.pages.get(environ["PATH_INFO"], (404, "text/plain", b"gone")))
        answer = page(form) if callable(page) else page
        headers: list[tuple[str, str]] = []
        if isinstance(answer, tuple):
            status, kind, content, *more = answer
            headers = list(more)
        else:
            status, kind, content = 200, "text/xml", f'<?xml version="1.0"?><Response>{answer}</Response>'
        start(f"{status} X", [("Content-Type", kind), *headers])
        return [content if isinstance(content, bytes) else content.encode()]

    def asked(self, path: str) -> list[dict[str, str]]:
        return [form for asked, form in self.requests if asked == path]


class Person:
    """Does one deed after another, hangs up when there are none left, and remembers what was played."""

    def __init__(self, *acts: Act | Callable[[Stretch], Act | None], desk: DeskAnswer | None = None) -> None:
        self.acts = list(acts)
        self.heard: list[str] = []
        self.listenings: list[ListeningWindow] = []
        self.done: list[Act] = []
        self.dialled: list[str] = []
        self._desk = desk or DeskAnswer()

    def early(self, stretch: Stretch) -> Act | None:
        if self.acts and callable(self.acts[0]):
            return self.acts.pop(0)(stretch)
        return None

    def hears(self, heard: HeardPrompt) -> None:
        self.heard.append(described(heard))

    def answers(self, listening: ListeningWindow) -> Act:
        self.listenings.append(listening)
        if not self.acts:
            raise Gone
        return self.acts.pop(0)

    def acted(self, act: Act) -> None:
        self.done.append(act)

    def desk(self, numbers: Sequence[str]) -> DeskAnswer:
        self.dialled += numbers
        return self._desk


def described(heard: HeardPrompt) -> str:
    match heard:
        case HeardText(text=text):
            return text
        case HeardRecording(url=url):
            return url
        case HeardPause():
            return "pause"
        case HeardTone():
            return "beep"


class Phone:
    """Everything of one call in virtual time."""

    def __init__(self) -> None:
        self.clock = VirtualClock(1_700_000_000.0)
        self.server = Server({})

    def call(
        self,
        pages: dict[str, Page],
        person: Person,
        *,
        carrier_options: CarrierOptions | None = None,
        token: str = TOKEN,
        **line: str,
    ) -> CallResult:
        self.server = Server({"/status": "", **pages})
        whole = PhoneLine("https://bank.example/voice", token=token, status_url="https://bank.example/status", **line)
        return Player(whole, WsgiTransport(self.server), person, self.clock, carrier_options=carrier_options).call()


@pytest.fixture
def phone() -> Phone:
    return Phone()


@pytest.fixture
def person() -> type[Person]:
    return Person


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        return


@pytest.fixture
def real_server() -> Iterator[Callable[[dict[str, Page]], tuple[str, Server]]]:
    """Serve pages over real HTTP on loopback; gives the address and the server's record."""
    running: list[tuple[WSGIServer, threading.Thread]] = []

    def serve(pages: dict[str, Page]) -> tuple[str, Server]:
        server = Server({"/twilio/status": "", **pages})
        http = make_server("127.0.0.1", 0, server, handler_class=_Quiet)
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        running.append((http, thread))
        return f"http://127.0.0.1:{http.server_port}", server

    yield serve
    for http, thread in running:
        http.shutdown()
        thread.join()
        http.server_close()
