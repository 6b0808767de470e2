"""Sending by Twilio's API, against a real server: what is sent, and what every kind of answer means."""

from __future__ import annotations

import socket

import pytest

from ivr.channels.twilio.messages import TwilioMessages
from ivr.errors import LookupFailed
from ivr.secret import Secret
from ivr.services.sms.backend import UncertainError
from ivr.settings import Hidden

from .rest_api import MESSAGE, SID, TOKEN, Api

MONDAY, NUMBER = 1_795_000_000.0, "+8613800000001"
TEXT = "【示范银行】验证码 740913 & a=b，2分钟内有效。"


def twilio(api: Api, sender: str = "+12025550123", seconds: float = 5.0) -> TwilioMessages:
    return TwilioMessages(SID, Hidden(TOKEN), sender, api=api.url, seconds=seconds)


def send(backend: TwilioMessages) -> str:
    return backend.send(NUMBER, Secret("otp", TEXT), "code", MONDAY)


def test_a_message_is_posted_as_the_api_wants_it(api: Api):
    assert send(twilio(api)) == MESSAGE
    assert api.paths == [f"/2010-04-01/Accounts/{SID}/Messages.json"]
    assert api.forms == [{"To": NUMBER, "From": "+12025550123", "Body": TEXT}]


def test_a_messaging_service_can_be_the_sender(api: Api):
    send(twilio(api, "MG" + "a" * 32))
    assert api.forms[0]["MessagingServiceSid"] == "MG" + "a" * 32
    assert "From" not in api.forms[0]


@pytest.mark.parametrize(
    ("status", "body", "error", "words"),
    [
        (400, b'{"code": 21211, "message": "+8613800000001 is not valid"}', LookupFailed, "error 21211"),
        (401, b'{"code": 20003}', LookupFailed, "error 20003"),
        (404, b"<html>+8613800000001</html>", LookupFailed, "status 404"),
        (429, b"[]", LookupFailed, "status 429"),
        (500, b'{"code": "740913"}', UncertainError, "status 500"),
        (503, b"", UncertainError, "status 503"),
        (302, b"", UncertainError, "status 302"),
        (201, b"not JSON", UncertainError, "status 201"),
        (201, b'{"sid": "<740913>"}', UncertainError, "status 201"),
        (201, b"\xff\xfe", UncertainError, "status 201"),
        (0, b"", UncertainError, "broke off"),
    ],
)
def test_faults_tell_twilios_code_and_nothing_that_was_sent(
    api: Api, status: int, body: bytes, error: type[LookupFailed], words: str
):
    api.status, api.body = status, body
    with pytest.raises(LookupFailed) as caught:
        send(twilio(api))
    assert type(caught.value) is error
    assert words in str(caught.value)
    for secret in (NUMBER, NUMBER[1:], "740913", TOKEN, SID):
        assert secret not in str(caught.value)
    assert caught.value.__context__ is None or caught.value.__suppress_context__
    assert len(api.forms) == 1, "nothing is sent a second time"


@pytest.mark.parametrize("fault", ["hangs", "drips"])
def test_a_slow_answer_ends_in_time_and_leaves_it_open_whether_it_was_sent(api: Api, fault: str):
    setattr(api, fault, True)
    with pytest.raises(UncertainError, match=r"within 0\.2 s"):
        send(twilio(api, seconds=0.2))
    assert not api.released.is_set()


def test_what_cannot_be_reached_was_surely_not_sent(api: Api):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        api.url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        with pytest.raises(LookupFailed, match="cannot be reached") as caught:
            send(twilio(api))
    assert not isinstance(caught.value, UncertainError)
