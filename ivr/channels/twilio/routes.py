"""Twilio's webhooks. An authentic request gets valid TwiML with status 200 even after an error; any other gets 403."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from flask import Blueprint, Response, abort, request

from ivr.channels.base import Host
from ivr.channels.late_hang_ups import LateHangUps
from ivr.channels.turns import apologise, take_turn
from ivr.engine.ports import Incoming
from ivr.engine.verbs import Hangup
from ivr.errors import BadRequest
from ivr.telemetry import log
from ivr.telemetry.metrics import Metrics

from .channel import TwilioChannel
from .direct import is_turn
from .inputs import RECOGNISER_FAULTS
from .paths import ROOT
from .requests import Parameters, TwilioRequest
from .signature import authentic, twiml

_LANGUAGE = "zh-CN"
"""The language of the apology, since the call's own is unknown."""


def routes(channel: TwilioChannel, host: Host, metrics: Metrics) -> Blueprint:
    """Return the routes under /twilio."""
    board = Blueprint("twilio", __name__, url_prefix=ROOT)
    hooks = _Hooks(channel, host, metrics)
    for path, view in (
        ("/voice", hooks.voice),
        ("/voice/<flow>", hooks.voice),
        ("/turn/<turn>", hooks.turn),
        ("/status", hooks.status),
        ("/fallback", hooks.fallback),
    ):
        board.add_url_rule(path, view_func=view, endpoint=path, methods=["POST"], provide_automatic_options=False)
    return board


class _Hooks:
    def __init__(self, channel: TwilioChannel, host: Host, metrics: Metrics) -> None:
        self.channel, self.host, self.metrics = channel, host, metrics
        self.hang_ups = LateHangUps(lambda gone: host.session.hang_up(gone))

    def voice(self, flow: str | None = None) -> Response:
        """Answer the arrival of a call."""
        asked = authentic(self.channel, self.metrics)
        return self._answer(partial(self.channel.read, asked, flow=flow), asked)

    def turn(self, turn: str) -> Response:
        """Answer the caller's input."""
        # Before the signature is computed: such a path was never part of a document of ours.
        if not is_turn(turn):
            abort(404)
        asked = authentic(self.channel, self.metrics)
        return self._answer(partial(self.channel.read, asked, turn=int(turn)), asked)

    def status(self) -> Response:
        """Record the end of a call; the carrier ignores the answer."""
        asked = authentic(self.channel, self.metrics)
        try:
            gone = self.channel.ended(asked)
            if gone:
                self.hang_ups.record(gone)
        except Exception as fault:  # a status that cannot be stored must not look like a fault of the call
            log.fault("status", fault)
        return Response(status=204)

    def fallback(self) -> Response:
        """Apologise and dial the desk, after the carrier rejected a document or the leg to the desk failed."""
        asked = authentic(self.channel, self.metrics)
        form = Parameters.of(asked.form)
        attempt = request.args.get("attempt", "")
        tried = int(attempt) if attempt.isascii() and attempt.isdecimal() and len(attempt) < 4 else 1
        if form.first("ErrorCode"):
            self.metrics.fallbacks.inc()
            log.line("fallback", code=form.first("ErrorCode")[:10])
        # The caller has talked with the desk; an apology after it would be wrong, and would ring the desk again.
        if form.first("DialCallStatus") in {"completed", "answered"}:
            return twiml(self.channel.render(Hangup(), turn=0))
        if form.first("ErrorCode") in RECOGNISER_FAULTS:
            return self._answer(lambda: self._recogniser_failed(asked), asked)
        return twiml(apologise(self.channel, self.host, tried))

    def _recogniser_failed(self, asked: TwilioRequest) -> Incoming:
        incoming = self.channel.recogniser_failed(asked)
        if incoming is None:
            raise BadRequest("the request reports no failed recogniser")
        return incoming

    def _answer(self, read: Callable[[], Incoming], asked: TwilioRequest) -> Response:
        return twiml(take_turn(self.channel, self.host, self.metrics, read, partial(self.channel.hold, asked)))
