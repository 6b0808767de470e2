"""A caller's turns without the web framework: which paths they are, and that only what was signed as sent is taken."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest
from twilio.request_validator import RequestValidator

from ivr.channels.twilio.channel import TwilioChannel
from ivr.channels.twilio.direct import MOST_TURN_DIGITS, TwilioTurns, is_turn
from ivr.telemetry.metrics import Metrics
from tests.web_fixtures import TOKEN, stub

FORM = {"CallSid": "CA" + "1" * 32, "From": "+8613800000001", "To": "+86400"}


@pytest.fixture
def turns(tmp_path) -> TwilioTurns:
    ivr = stub(tmp_path)
    return TwilioTurns(ivr.channel, ivr, Metrics(()))


def asked(turns: TwilioTurns, path: str, *, token: str = TOKEN, body: bytes | None = None) -> bytes | None:
    body = urlencode(FORM).encode() if body is None else body
    environ = {
        "REQUEST_METHOD": "POST", "PATH_INFO": path, "RAW_URI": path, "wsgi.url_scheme": "http", "QUERY_STRING": "",
        "HTTP_HOST": "localhost", "CONTENT_TYPE": "application/x-www-form-urlencoded", "SERVER_NAME": "localhost",
        "HTTP_X_TWILIO_SIGNATURE": RequestValidator(token).compute_signature(f"http://localhost{path}", FORM),
    }  # fmt: skip
    answer = turns.find(path)
    assert answer is not None
    return answer(environ, body)


@pytest.mark.parametrize("path", ["/twilio/voice", "/twilio/voice/main_menu", "/twilio/turn/3"])
def test_a_signed_turn_is_answered(turns: TwilioTurns, path: str):
    document = asked(turns, path)
    assert document is not None
    assert document.startswith(b"<?xml")


def test_what_was_not_signed_as_sent_is_left_to_the_blueprint(turns: TwilioTurns):
    assert asked(turns, "/twilio/turn/3", token="another") is None


def test_a_flood_of_fields_is_left_to_the_blueprint(turns: TwilioTurns):
    assert asked(turns, "/twilio/turn/3", body=b"&".join([b"a=1"] * 600)) is None


@pytest.mark.parametrize(
    "path",
    ["/", "/twilio", "/twilio/status", "/twilio/turn/", "/twilio/turn/x", "/twilio/turn/1/2", "/twilio/voicemail",
     "/twilio/voice/", "/twilio/voice/a/b", "/twilio/voice/%61", "/twilio/turn/" + "1" * (MOST_TURN_DIGITS + 1)],
)  # fmt: skip
def test_any_other_path_is_not_a_turn(turns: TwilioTurns, path: str):
    assert turns.find(path) is None


def test_every_sample_is_found(turns: TwilioTurns):
    assert all(turns.find(path) for path in turns.samples)


@pytest.mark.parametrize(
    ("number", "turn"), [("0", True), ("123456789", True), ("", False), ("-1", False), ("１", False)]
)
def test_a_turn_is_a_short_plain_number(number: str, turn: bool):
    assert is_turn(number) is turn


def test_only_an_authentic_caller_is_asked_to_wait(turns: TwilioTurns):
    body = urlencode(FORM).encode()
    sign = RequestValidator(TOKEN).compute_signature("http://localhost/twilio/turn/3", FORM)
    environ = {"wsgi.url_scheme": "http", "RAW_URI": "/twilio/turn/3", "HTTP_HOST": "localhost", "QUERY_STRING": ""}
    assert b"<Redirect" in turns.hold({**environ, "HTTP_X_TWILIO_SIGNATURE": sign}, body)
    assert turns.hold({**environ, "HTTP_X_TWILIO_SIGNATURE": "forged"}, body) is None
    assert turns.hold(environ, b"&".join([b"a=1"] * 600)) is None


def test_without_a_token_no_signature_is_asked_for(turns: TwilioTurns, tmp_path):
    assert turns.signature == "HTTP_X_TWILIO_SIGNATURE"
    ivr = stub(tmp_path)
    open_channel = TwilioChannel(None, None, fingerprint=lambda raw: raw.hex())
    assert TwilioTurns(open_channel, ivr, Metrics(())).signature == ""
