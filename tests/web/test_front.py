"""The front answers as Flask does, byte for byte, and steps aside for an application with functions of its own."""

from __future__ import annotations

import base64
import hmac
import io
import logging
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import pytest
from flask import Response, g, signals
from werkzeug.exceptions import NotFound

from ivr.telemetry import log
from ivr.web import WebApplication, web_app
from ivr.web.front import Front
from tests.web_fixtures import TOKEN, stub

HOST = "localhost"
FORM = "application/x-www-form-urlencoded"
Answer = tuple[str, list[tuple[str, str]], bytes]


class Torn:
    """A body whose connection breaks after its first bytes."""

    def __init__(self, first: bytes) -> None:
        self._first = first

    def read(self, size: int = -1) -> bytes:
        first, self._first = self._first, b""
        if not first:
            raise OSError("the connection is gone")
        return first


class Side:
    """One application, with or without its front, and what it has written down."""

    def __init__(self, audio: Path, *, front: bool) -> None:
        self.ivr = stub(audio)
        self.app = web_app(self.ivr)
        self.front = self.app.wsgi_app
        assert isinstance(self.front, Front)
        self.dispatched = 0
        if not front:
            self.app.wsgi_app = self.front.behind
        else:
            self.front.behind = self._counted(self.front.behind)

    def _counted(self, behind: Any) -> Any:
        def dispatch(environ: Any, start: Any) -> Any:
            self.dispatched += 1
            return behind(environ, start)

        return dispatch

    def answer(self, environ: dict[str, Any]) -> Answer:
        started: list[tuple[str, list[tuple[str, str]]]] = []
        reply = self.app(environ, lambda status, headers, fault=None: started.append((status, list(headers))))
        return *started[0], b"".join(reply)

    def figures(self) -> list[str]:
        shown = self.app.test_client().get("/metrics").text.splitlines()
        return [line for line in shown if not re.match(r".*(_sum|_bucket|_created)|process_|python_", line)]


@pytest.fixture
def sides(tmp_path: Path) -> tuple[Side, Side]:
    return Side(tmp_path, front=True), Side(tmp_path, front=False)


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    written: list[str] = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            written.append(re.sub(r'("ms": ?)[0-9.e-]+', r"\1", record.getMessage()))

    monkeypatch.setattr(log.LOG, "handlers", [Kept()])
    monkeypatch.setattr(log.LOG, "propagate", False)
    monkeypatch.setattr(log.LOG, "level", logging.INFO)
    return written


def signed(url: str, form: list[tuple[str, str]]) -> str:
    text = url + "".join(name + value for name, value in sorted(set(form)))
    return base64.b64encode(hmac.digest(TOKEN.encode(), text.encode("utf-8", "replace"), "sha1")).decode()


def environ(path: str, form: list[tuple[str, str]], query: str = "", signature: str | None = None) -> dict[str, Any]:
    """Return a request as a server hands it over, signed unless another signature is given."""
    body = "&".join(f"{quote_plus(name)}={quote_plus(value)}" for name, value in form).encode()
    url = f"http://{HOST}{path}" + (f"?{query}" if query else "")
    return {
        "REQUEST_METHOD": "POST",
        "SCRIPT_NAME": "",
        "PATH_INFO": path.encode("utf-8", "replace").decode("latin-1"),
        "QUERY_STRING": query,
        "SERVER_NAME": HOST,
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_TYPE": FORM,
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_HOST": HOST,
        "HTTP_X_TWILIO_SIGNATURE": signed(url, form) if signature is None else signature,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }


PATHS = (
    *("/twilio/voice", "/twilio/voice/main_menu", "/twilio/turn/1", "/twilio/turn/12", "/twilio/turn/0007") * 4,
    *("/twilio/voice/", "/twilio/voice/主菜单", "/twilio/voice/a/b", "/twilio/voice/a b", "/twilio/voicemail"),
    *("/twilio/turn/", "/twilio/turn/x", "/twilio/turn/-1", "/twilio/turn/１", "/twilio/turn/1/", "/twilio/turn/+1"),
    *("/twilio/turn/999999999", "/twilio/turn/1000000000", "//twilio/voice", "/TWILIO/voice", "", "/", "/health/live"),
    *("/twilio/status", "/twilio/fallback", "/twilio/voice/%6dain", "/twilio/turn/1\n"),
)
VALUES = (
    "",
    "1",
    "*",
    "13800000001",
    "+8613800000001",
    "查询余额",
    "a b&c=d+e",
    "completed",
    "\x00\x01",
    "９",
    "0.9",
    "é" * 600,
)
NAMES = (
    "Digits",
    "SpeechResult",
    "Confidence",
    "CallStatus",
    "RecordingUrl",
    "DialCallStatus",
    "ErrorCode",
    "From",
    "X",
)


def requests_at_random(seed: int, count: int) -> Iterator[dict[str, Any]]:
    """Yield requests: half of them as the carrier sends them, the others with one or two things wrong."""
    at = random.Random(seed)
    for number in range(count):
        form = [("CallSid", f"CA{number:032x}"), ("From", "+8613800000001"), ("To", "+86400")]
        form += [(at.choice(NAMES), at.choice(VALUES)) for _ in range(at.randrange(5))]
        if at.random() < 0.05:
            form = form[1:]
        query = at.choice(("", "", "", "silent=1", "x=%e4%bd%a0", "a=1&a=2", "moved=17"))
        asked = environ(at.choice(PATHS), form, query)
        for _ in range(at.choice((0, 0, 1, 1, 2))):
            at.choice(SPOILERS)(asked, at)
        yield asked


def _other_signature(asked: dict[str, Any], at: random.Random) -> None:
    asked["HTTP_X_TWILIO_SIGNATURE"] = at.choice(("", "AAAA", "L/OH5YylLD5NRKLltdqwSvS0BnU=", "é"))


def _no_signature(asked: dict[str, Any], at: random.Random) -> None:
    asked.pop("HTTP_X_TWILIO_SIGNATURE", None)


def _other_method(asked: dict[str, Any], at: random.Random) -> None:
    asked["REQUEST_METHOD"] = at.choice(("GET", "HEAD", "PUT", "OPTIONS", "DELETE", "post", "BREW"))


def _other_type(asked: dict[str, Any], at: random.Random) -> None:
    asked["CONTENT_TYPE"] = at.choice(("", "application/json", "multipart/form-data; boundary=x", "text/plain", "\xff"))


def _other_length(asked: dict[str, Any], at: random.Random) -> None:
    asked["CONTENT_LENGTH"] = at.choice(
        ("", "0", "-1", "x", "+5", " 7", "1", "65536", "65537", "99999999999", "٣", "1_0")
    )


def _no_length(asked: dict[str, Any], at: random.Random) -> None:
    asked.pop("CONTENT_LENGTH", None)


def _chunked(asked: dict[str, Any], at: random.Random) -> None:
    asked["HTTP_TRANSFER_ENCODING"] = at.choice(("chunked", "gzip", "gzip, chunked", ""))
    if at.random() < 0.5:
        asked.pop("CONTENT_LENGTH", None)


def _ended_stream(asked: dict[str, Any], at: random.Random) -> None:
    asked["wsgi.input_terminated"] = True


def _other_body(asked: dict[str, Any], at: random.Random) -> None:
    body = at.choice((b"", b"\xff\xfe=%ff", b"a=1&" * 600, b"CallSid", b"x" * 70_000, b"=&=&&", b"%zz=%e4"))
    asked["wsgi.input"] = io.BytesIO(body)
    if at.random() < 0.8:
        asked["CONTENT_LENGTH"] = str(len(body))


def _torn(asked: dict[str, Any], at: random.Random) -> None:
    asked["wsgi.input"] = Torn(b"CallSid=CA1")


def _other_host(asked: dict[str, Any], at: random.Random) -> None:
    hosts = ("evil.example", "localhost:80", "localhost:8080", "a_b", "", "localhost:99999", "[::1]", "x y", "é", "a:b")
    asked["HTTP_HOST"] = at.choice(hosts)


def _no_host(asked: dict[str, Any], at: random.Random) -> None:
    asked.pop("HTTP_HOST", None)


def _behind_a_prefix(asked: dict[str, Any], at: random.Random) -> None:
    asked["SCRIPT_NAME"] = "/bank"


def _raw_address(asked: dict[str, Any], at: random.Random) -> None:
    raw = at.choice(("http://[", asked["PATH_INFO"], "http://localhost" + asked["PATH_INFO"], "/twilio/turn/9"))
    asked[at.choice(("RAW_URI", "REQUEST_URI"))] = raw


def _more_headers(asked: dict[str, Any], at: random.Random) -> None:
    extra = (
        {"HTTP_CONNECTION": "Upgrade", "HTTP_UPGRADE": "websocket"},
        {"HTTP_COOKIE": "session=eyJfcGVybWFuZW50Ijp0cnVlfQ.x"},
        {"HTTP_I_TWILIO_IDEMPOTENCY_TOKEN": "t" * at.choice((1, 300))},
        {"HTTP_EXPECT": "100-continue"},
        {"HTTP_X_FORWARDED_HOST": "evil.example", "HTTP_X_FORWARDED_PROTO": "https"},
        {"HTTP_X_HTTP_METHOD_OVERRIDE": "GET"},
        {"wsgi.url_scheme": "https"},
    )
    asked.update(at.choice(extra))


SPOILERS = tuple(value for name, value in list(globals().items()) if name.startswith("_") and callable(value))


def copied(asked: dict[str, Any]) -> dict[str, Any]:
    stream = asked["wsgi.input"]
    again = io.BytesIO(stream.getvalue()) if isinstance(stream, io.BytesIO) else Torn(b"CallSid=CA1")
    return {**asked, "wsgi.input": again}


@pytest.mark.parametrize(("broken", "count"), [(set(), 3_000), ({"answer"}, 600)], ids=["sound", "broken"])
def test_the_front_answers_every_request_as_flask_does(sides, lines, broken, count):
    fronted, plain = sides
    fronted.ivr.broken = plain.ivr.broken = broken
    statuses: dict[str, int] = {}
    for asked in requests_at_random(20, count):
        ours = fronted.answer(copied(asked))
        our_lines, lines[:] = lines[:], []
        theirs = plain.answer(copied(asked))
        assert ours == theirs, asked
        assert our_lines == lines
        lines.clear()
        statuses[ours[0]] = statuses.get(ours[0], 0) + 1
    assert fronted.ivr.asked == plain.ivr.asked
    assert fronted.ivr.gone == plain.ivr.gone
    assert fronted.figures() == plain.figures()
    assert {status[:3] for status in statuses} >= {"200", "204", "400", "403", "404", "405", "413"}
    turns = len(fronted.ivr.asked)
    assert turns > count / 4
    assert count - fronted.dispatched > 0.8 * turns


def test_a_turn_needs_no_dispatch(sides):
    fronted, _ = sides
    for path in ("/twilio/voice", "/twilio/voice/main_menu", "/twilio/turn/3"):
        assert fronted.answer(environ(path, [("CallSid", "CA1")]))[0] == "200 OK"
    assert (fronted.dispatched, len(fronted.ivr.asked)) == (0, 3)


def _before(app: WebApplication) -> None:
    app.before_request(lambda: None)


def _before_of_the_blueprint(app: WebApplication) -> None:
    app.before_request_funcs.setdefault("twilio", []).append(lambda: None)


def _after(app: WebApplication) -> None:
    app.after_request(lambda response: response)


def _teardown(app: WebApplication) -> None:
    app.teardown_request(lambda fault: None)


def _teardown_of_the_context(app: WebApplication) -> None:
    app.teardown_appcontext(lambda fault: None)


def _values(app: WebApplication) -> None:
    app.url_value_preprocessor(lambda endpoint, values: None)


def _secret(app: WebApplication) -> None:
    app.config["SECRET_KEY"] = "for sessions"


def _trusted(app: WebApplication) -> None:
    app.config["TRUSTED_HOSTS"] = [HOST]


def _response(app: WebApplication) -> None:
    app.response_class = type("Other", (Response,), {})


def _view(app: WebApplication) -> None:
    app.view_functions["twilio./turn/<turn>"] = lambda turn: "another"


def _route(app: WebApplication) -> None:
    app.add_url_rule("/another", view_func=lambda: "another", endpoint="another")
    app.add_url_rule("/twilio/turn/1", view_func=lambda: "another", endpoint="other", methods=["POST"])


@pytest.mark.parametrize(
    "change",
    [
        *(_before, _before_of_the_blueprint, _after, _teardown, _teardown_of_the_context, _values),
        *(_secret, _trusted, _response, _view, _route),
    ],
)
def test_an_application_with_functions_or_settings_of_its_own_is_dispatched_by_flask(sides, change):
    fronted, plain = sides
    for side in sides:
        change(side.app)
    asked = environ("/twilio/turn/1", [("CallSid", "CA1")])
    assert fronted.answer(copied(asked)) == plain.answer(copied(asked))
    assert fronted.dispatched == 1


def test_a_route_for_something_else_changes_nothing(sides):
    fronted, _ = sides
    fronted.app.add_url_rule("/another", view_func=lambda: "another", endpoint="another")
    fronted.answer(environ("/twilio/turn/1", [("CallSid", "CA1")]))
    assert fronted.dispatched == 0


def test_an_error_page_of_the_application_is_still_shown(sides):
    fronted, _ = sides
    fronted.app.register_error_handler(NotFound, lambda fault: ("no such page", 404))
    assert fronted.answer(environ("/twilio/turn/x", []))[2] == b"no such page"


@pytest.mark.parametrize("name", ["request_started", "request_finished", "appcontext_pushed", "request_tearing_down"])
def test_a_listener_to_a_signal_hears_every_turn(sides, name):
    fronted, _ = sides
    heard = []

    def listen(sender: object, **_: object) -> None:
        heard.append(sender)

    with getattr(signals, name).connected_to(listen, fronted.app):
        fronted.answer(environ("/twilio/turn/1", [("CallSid", "CA1")]))
    assert heard
    fronted.answer(environ("/twilio/turn/2", [("CallSid", "CA1")]))
    assert fronted.dispatched == 1


def test_middleware_around_the_application_sees_every_turn(sides):
    fronted, _ = sides
    inner, seen = fronted.app.wsgi_app, []

    def middleware(asked: dict[str, Any], start: Any) -> Any:
        seen.append(asked["PATH_INFO"])
        return inner(asked, start)

    fronted.app.wsgi_app = middleware
    fronted.answer(environ("/twilio/turn/1", [("CallSid", "CA1")]))
    assert seen == ["/twilio/turn/1"]


def test_a_test_client_that_keeps_the_context_finds_one(sides):
    fronted, _ = sides
    asked = environ("/twilio/turn/1", [("CallSid", "CA1")])
    with fronted.app.test_client() as client:
        client.open(environ_overrides=asked, path="/twilio/turn/1", method="POST")
        assert g is not None
    assert fronted.dispatched == 1
