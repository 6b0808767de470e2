"""Check the signature of webhook requests: an unsigned request gets 403 and is not read."""

from __future__ import annotations

from flask import Response, abort, request

from ivr.errors import BadSignature
from ivr.telemetry.metrics import Metrics

from .channel import TwilioChannel
from .requests import TwilioRequest
from .wire import twilio_request

CONTENT_TYPE = "text/xml; charset=utf-8"


def authentic(channel: TwilioChannel, metrics: Metrics) -> TwilioRequest:
    """Return the request if the carrier signed it; else abort with 403 without reading it."""
    # The raw body, because Flask's form parser drops what is signed, such as parameters beyond its limits.
    body = request.get_data(cache=False)
    try:
        asked = twilio_request(request.environ, body)
        channel.verify(asked)
    except (BadSignature, ValueError):
        metrics.refused.inc()
        abort(403)
    return asked


def twiml(document: bytes) -> Response:
    """Return the response that carries a document."""
    return Response(document, content_type=CONTENT_TYPE)
