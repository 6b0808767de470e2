"""An unsigned request gets 403, is counted, and is not read."""

from __future__ import annotations

import pytest
from flask import Flask
from twilio.request_validator import RequestValidator
from werkzeug.exceptions import Forbidden

from ivr.channels.twilio.channel import TwilioChannel
from ivr.channels.twilio.signature import CONTENT_TYPE, authentic, twiml
from ivr.telemetry.metrics import Metrics

TOKEN = "a token"
FORM = {"CallSid": "CA" + "1" * 32, "Digits": "1"}
URL = "https://ivr.example.com/twilio/turn/1"


def context(**headers: str):
    return Flask(__name__).test_request_context(
        "/twilio/turn/1", base_url="https://ivr.example.com", method="POST", data=FORM, headers=headers
    )


def channel() -> TwilioChannel:
    return TwilioChannel(TOKEN, "https://ivr.example.com", fingerprint=bytes.hex)


def test_a_signed_request_is_given_as_it_came():
    with context(**{"X-Twilio-Signature": RequestValidator(TOKEN).compute_signature(URL, FORM)}):
        asked = authentic(channel(), Metrics(()))
    assert dict(asked.form) == FORM


@pytest.mark.parametrize("headers", [{}, {"X-Twilio-Signature": "AAAA"}])
def test_any_other_request_is_refused_and_counted(headers):
    metrics = Metrics(())
    before = metrics.refused._value.get()
    with context(**headers), pytest.raises(Forbidden):
        authentic(channel(), metrics)
    assert metrics.refused._value.get() == before + 1


def test_a_document_is_sent_as_xml():
    response = twiml(b"<Response />")
    assert (response.content_type, response.data, response.status_code) == (CONTENT_TYPE, b"<Response />", 200)
