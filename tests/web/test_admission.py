"""The answers without the engine are those of the routes, and only requests that need none get them."""

from __future__ import annotations

import io
from urllib.parse import urlencode

import pytest
from twilio.request_validator import RequestValidator

from ivr.channels.twilio.paths import RETRIES
from ivr.web import WebApplication
from tests.channels.twilio.test_twiml import parse
from tests.web.random_requests import copied, requests_at_random
from tests.web_fixtures import TOKEN, Line

FORM = {"CallSid": "CA" + "1" * 32, "From": "+8613800000001", "To": "+86400"}


def environ(path: str, method: str = "POST", *, sign: bool = True, **more: str) -> dict:
    made = {"REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": "", "HTTP_HOST": "localhost", **more}
    made |= {"wsgi.url_scheme": "http", "RAW_URI": path}
    if sign:
        url = f"http://localhost{path}"
        made["HTTP_X_TWILIO_SIGNATURE"] = RequestValidator(TOKEN).compute_signature(url, FORM)
    return made


@pytest.fixture
def app(line: Line) -> WebApplication:
    return line.client.application


def test_an_unsigned_webhook_request_gets_what_the_route_would_answer(line: Line, app: WebApplication):
    for path in ("/twilio/voice", "/twilio/turn/3", "/twilio/fallback", "/twilio/status", "/twilio/agent/L1/key"):
        status, body, kind = app.at_once(environ(path, sign=False))
        routed = line.post(path, sign=False)
        assert (status, body, kind) == (routed.status_code, routed.data, routed.headers["Content-Type"])


def test_the_liveness_check_gets_what_the_route_would_answer(line: Line, app: WebApplication):
    routed = line.client.get("/health/live")
    assert app.at_once(environ("/health/live", "GET")) == (200, routed.data, routed.headers["Content-Type"])


def test_refusals_are_counted(line: Line, app: WebApplication):
    app.at_once(environ("/twilio/voice", sign=False))
    line.post("/twilio/voice", sign=False)
    assert "ivr_refused_total 2.0" in line.client.get("/metrics").text


@pytest.mark.parametrize(
    ("path", "method"),
    [("/twilio/voice", "POST"), ("/health/ready", "GET"), ("/health/live", "POST"), ("/audio/a.wav", "GET")],
)
def test_any_other_request_is_for_the_routes(app: WebApplication, path: str, method: str):
    assert app.at_once(environ(path, method)) is None


def test_no_request_of_callers_that_a_route_answers_is_refused(app: WebApplication):
    statuses = {}
    for asked in requests_at_random(3, 300):
        refused = app.at_once(copied(asked))
        status = status_of(app, copied(asked))
        if refused:
            assert status[:3] in {"400", "403", "404", "405", "413"}
        statuses[refused is None] = statuses.get(refused is None, 0) + 1
    assert len(statuses) == 2


def status_of(app: WebApplication, asked: dict) -> str:
    started: list[str] = []
    b"".join(app(asked, lambda status, headers, fault=None: started.append(status)))
    return started[0]


def test_only_the_last_resort_is_urgent(app: WebApplication):
    paths = ("/twilio/fallback", "/twilio/voice", "/twilio/turn/1", "/health/ready", "/")
    assert [app.is_urgent(environ(path)) for path in paths] == [True, False, False, False, False]


def without_engine(app: WebApplication, asked: dict) -> tuple[str, bytes]:
    asked["wsgi.input"] = io.BytesIO(urlencode(FORM).encode())
    started: list[str] = []
    body = b"".join(app.without_engine(asked, lambda status, headers, fault=None: started.append(status)))
    return started[0], body


def test_a_turn_that_waited_too_long_lets_the_caller_wait(app: WebApplication):
    status, body = without_engine(app, environ("/twilio/turn/3"))
    assert status == "200 OK"
    assert parse(body).find("Redirect").text == f"/twilio/turn/0?hold=1{RETRIES}"


@pytest.mark.parametrize("asked", [environ("/twilio/turn/3", sign=False), environ("/twilio/status"), environ("/api/x")])
def test_any_other_request_that_waited_too_long_is_to_be_sent_again(app: WebApplication, asked: dict):
    assert without_engine(app, asked) == ("503 Service Unavailable", b"503 Service Unavailable\n")
