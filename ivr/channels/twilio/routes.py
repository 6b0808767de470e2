"""Twilio's webhooks. An authentic request gets valid TwiML with status 200, whatever goes wrong; any other gets 403."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

from flask import Blueprint, Response, abort, request

from ivr.engine.ports import Channel, Incoming
from ivr.engine.verbs import Hangup
from ivr.errors import BadRequest
from ivr.services.identity.risk import Risks
from ivr.services.queue.service import Queue
from ivr.telemetry import log
from ivr.telemetry.metrics import Metrics

from .agent_routes import Reaching
from .inputs import DEAF
from .requests import Parameters, TwilioRequest
from .signature import authentic, twiml

_LANGUAGE = "zh-CN"
"""Of the last resort, which is heard when nothing is known of the call."""
MOST_TURN_DIGITS = 9


class Turns(Protocol):
    """Takes the turns of calls."""

    def answer(self, channel: Channel, incoming: Incoming) -> bytes:
        """Run one turn and return the document; what callers do is never an exception."""

    def hang_up(self, incoming: Incoming) -> None:
        """Take note that the caller has gone."""


class Answering(Reaching, Protocol):
    """What the webhooks need of the application."""

    @property
    def desk_number(self) -> str | None:
        """The number that the last resort dials."""

    @property
    def risks(self) -> Risks:
        """The callers and customers that the bank warns of."""

    @property
    def queue(self) -> Queue:
        """Who waits for a person, and who is at the desks."""

    @property
    def clock(self) -> Callable[[], float]:
        """The time, in Unix seconds."""

    @property
    def session(self) -> Turns:
        """Takes the turns of calls."""

    def sound(self, name: str) -> bytes | None:
        """Return a sound that was rendered for one caller, by its name in the address; None for an unknown name."""

    def live(self) -> int:
        """Count the calls that have not ended."""

    def ready(self) -> list[tuple[str, bool, str]]:
        """Name every part that a call needs, whether it can be used, and why not."""

    def degraded(self) -> list[tuple[str, str]]:
        """Name the back ends that cannot be used now, and why: calls are taken all the same."""


def routes(ivr: Answering, metrics: Metrics) -> Blueprint:
    """Return the routes under /twilio."""
    board = Blueprint("twilio", __name__, url_prefix="/twilio")
    hooks = _Hooks(ivr, metrics)
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
    def __init__(self, ivr: Answering, metrics: Metrics) -> None:
        self.ivr = ivr
        self.metrics = metrics

    def voice(self, flow: str | None = None) -> Response:
        """Answer a call that arrives."""
        asked = authentic(self.ivr.channel, self.metrics)
        return self._answer(lambda: self.ivr.channel.read(asked, flow=flow))

    def turn(self, turn: str) -> Response:
        """Answer what the caller did."""
        if not (turn.isascii() and turn.isdecimal() and len(turn) <= MOST_TURN_DIGITS):
            abort(404)
        asked = authentic(self.ivr.channel, self.metrics)
        return self._answer(lambda: self.ivr.channel.read(asked, turn=int(turn)))

    def status(self) -> Response:
        """Take note of a call's end; the carrier ignores the answer."""
        asked = authentic(self.ivr.channel, self.metrics)
        try:
            gone = self.ivr.channel.ended(asked)
            if gone:
                self.ivr.session.hang_up(gone)
        except Exception as fault:  # a status that cannot be kept must not look like a fault of the call
            log.fault("status", fault)
        return Response(status=204)

    def fallback(self) -> Response:
        """Apologise and reach for a person: the carrier could not use an answer, or the last resort's desk did."""
        asked = authentic(self.ivr.channel, self.metrics)
        form = Parameters.of(asked.form)
        attempt = request.args.get("attempt", "")
        tried = int(attempt) if attempt.isascii() and attempt.isdecimal() and len(attempt) < 4 else 1
        if form.first("ErrorCode"):
            self.metrics.fallbacks.inc()
            log.line("fallback", code=form.first("ErrorCode")[:10])
        if form.first("DialCallStatus") in {"completed", "answered"}:
            return twiml(self.ivr.channel.render(Hangup(), turn=0))
        if form.first("ErrorCode") in DEAF:
            return self._answer(lambda: self._deaf(asked))
        return twiml(self._sorry(tried))

    def _deaf(self, asked: TwilioRequest) -> Incoming:
        found = self.ivr.channel.deaf(asked)
        if found is None:
            raise BadRequest("the request tells of no failed recogniser")
        return found

    def _answer(self, read: Callable[[], Incoming]) -> Response:
        started = time.perf_counter()
        incoming: Incoming | None = None
        try:
            incoming = read()
            document = self.ivr.session.answer(self.ivr.channel, incoming)
            outcome = "answered"
        except Exception as fault:  # the caller hears an apology and reaches a person, whatever broke
            log.fault("turn", fault, call=incoming.call_id if incoming else "")
            document = self._sorry(1)
            outcome = "bad_request" if isinstance(fault, BadRequest) else "apologised"
        seconds = time.perf_counter() - started
        kind = type(incoming.input).__name__ if incoming else ""
        self.metrics.turn(kind, outcome, seconds)
        if incoming:
            log.line(
                "turn",
                call=incoming.call_id,
                turn=incoming.turn,
                input=kind,
                outcome=outcome,
                ms=round(seconds * 1000, 2),
            )
        return twiml(document)

    def _sorry(self, attempt: int) -> bytes:
        try:
            number = self.ivr.desk_number
        except Exception as fault:
            log.fault("desk", fault)
            number = None
        return self.ivr.channel.sorry(_LANGUAGE, number, attempt=attempt)
