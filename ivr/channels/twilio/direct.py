"""A caller's turns without the web framework: for signed requests whose path is spelt as our own replies spell it."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from ivr.channels.base import DirectAnswer, Host
from ivr.channels.turns import take_turn
from ivr.errors import BadSignature
from ivr.telemetry.metrics import Metrics

from .channel import TwilioChannel
from .paths import FALLBACK, ROOT, VOICE, turn
from .signature import CONTENT_TYPE
from .wire import SIGNATURE, twilio_request

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

MOST_TURN_DIGITS = 9
_TURN = turn(0)[:-1]
_FLOW = re.compile(r"[A-Za-z0-9_-]+")


class TwilioTurns:
    """Answers `POST /twilio/voice`, `/twilio/voice/<flow>` and `/twilio/turn/<number>`."""

    blueprint = "twilio"
    content_type = CONTENT_TYPE
    samples = (VOICE, f"{VOICE}/flow", turn(1))
    root = f"{ROOT}/"
    last_resorts = (FALLBACK,)

    def __init__(self, channel: TwilioChannel, host: Host, metrics: Metrics) -> None:
        self._channel, self._host, self._metrics = channel, host, metrics
        self.signature = SIGNATURE if channel.checks_signatures else ""

    def find(self, path: str) -> DirectAnswer | None:
        """Return what answers a POST to this path, or None for any other path."""
        if path.startswith(_TURN):
            number = path[len(_TURN) :]
            return partial(self._answer, int(number), None) if is_turn(number) else None
        if path == VOICE:
            return partial(self._answer, None, None)
        flow = path[len(VOICE) + 1 :] if path.startswith(VOICE) else ""
        return partial(self._answer, None, flow) if path == f"{VOICE}/{flow}" and _FLOW.fullmatch(flow) else None

    def hold(self, environ: WSGIEnvironment, body: bytes) -> bytes | None:
        """Return the document that lets an authentic caller wait; None for any other request."""
        try:
            asked = twilio_request(environ, body)
            self._channel.verify(asked)
        except (BadSignature, ValueError):
            return None
        return self._channel.hold(asked)

    def _answer(self, number: int | None, flow: str | None, environ: WSGIEnvironment, body: bytes) -> bytes | None:
        try:
            asked = twilio_request(environ, body)
        except ValueError:
            return None
        # None, not a refusal: the blueprint tries the other spellings of the URL and gives the 403.
        if not self._channel.is_signed_as_sent(asked):
            return None
        read = partial(self._channel.read, asked, turn=number, flow=flow)
        return take_turn(self._channel, self._host, self._metrics, read, partial(self._channel.hold, asked))


def is_turn(number: str) -> bool:
    """Return whether the last segment of a path can be a turn's number."""
    return number.isascii() and number.isdecimal() and len(number) <= MOST_TURN_DIGITS
