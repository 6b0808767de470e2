"""The front answers as Flask does, byte for byte, and steps aside for an application with functions of its own."""

from __future__ import annotations

import logging
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Response, g, signals
from werkzeug.exceptions import NotFound

from ivr.net import turnstile
from ivr.telemetry import log
from ivr.web import WebApplication, web_app
from ivr.web.front import Front
from tests.web.random_requests import HOST, copied, environ, requests_at_random
from tests.web_fixtures import stub

Answer = tuple[str, list[tuple[str, str]], bytes]


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


def test_a_turn_holds_a_place_while_it_is_taken(sides, monkeypatch):
    fronted, _ = sides
    held = []
    answer = fronted.ivr.answer
    monkeypatch.setattr(
        fronted.ivr, "answer", lambda *asked: held.append(turnstile._inside.turnstile) or answer(*asked)
    )
    fronted.answer(environ("/twilio/turn/1", [("CallSid", "CA1")]))
    assert held == [fronted.front._turnstile]
    assert turnstile._inside.turnstile is None
