"""The webhooks of agents' legs: the agent hears a whisper and accepts the call with a key. Signed like every webhook.

A late or repeated request gets the answer for the leg's state at that time. After any error the agent hears a sentence,
and the caller keeps waiting.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from flask import Blueprint, Response, abort, request

from ivr.channels.base import Host
from ivr.engine.verbs import Prompt
from ivr.services.queue.legs import KeyPressed
from ivr.services.queue.whisper import said, whisper_words
from ivr.telemetry import log
from ivr.telemetry.metrics import Metrics

from .channel import TwilioChannel
from .inputs import call_id
from .paths import AGENT_PATH
from .requests import Parameters
from .signature import authentic, twiml

_LANGUAGE = "zh-CN"
"""The language of texts for an agent whose leg is unknown."""
_LEG = re.compile(r"[A-Za-z0-9_-]{1,80}")
_ENDED = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})


def routes(channel: TwilioChannel, host: Host, metrics: Metrics) -> Blueprint:
    """Return the routes under /twilio/agent."""
    board = Blueprint("agents", __name__, url_prefix=f"{AGENT_PATH}/<leg>")
    hooks = _Hooks(channel, host, metrics)
    for path, view in (
        ("", hooks.answered),
        ("/key", hooks.key),
        ("/called", hooks.called),
        ("/customer", hooks.customer),
        ("/ended", hooks.ended),
        ("/recorded", hooks.recorded),
    ):
        name = path[1:] or "answered"
        board.add_url_rule(path, view_func=view, endpoint=name, methods=["POST"], provide_automatic_options=False)
    return board


class _Hooks:
    def __init__(self, channel: TwilioChannel, host: Host, metrics: Metrics) -> None:
        self.channel, self.host, self.metrics = channel, host, metrics
        self.documents = channel.agents

    def answered(self, leg: str) -> Response:
        """Play the whisper to the agent who answered, and gather a key."""

        def tell() -> bytes:
            whisper = self.host.legs.answered(leg, self.host.clock(), call=call_id(form))
            if whisper is None:
                return self.documents.farewell(self._said("agent_gone"))
            reason = self.host.reason_in_words(whisper.reason, whisper.language) or whisper.reason.replace("_", " ")
            words = whisper_words(replace(whisper, reason=reason), self.host.phrases)
            return self.documents.whisper(leg, self._voiced(words))

        form = self._read(leg)
        return self._answer("answered", tell)

    def key(self, leg: str) -> Response:
        """Connect agent and caller if the agent accepts; for a callback, dial the customer."""

        def take() -> bytes:
            pressed = self.host.legs.key(leg, _key(form), self.host.clock(), call=call_id(form))
            if pressed.state != "taken":
                farewell = "agent_refused" if pressed.state == "refused" else "agent_gone"
                return self.documents.farewell(self._said(farewell))
            return self._rings(leg, pressed) if pressed.dial else self.documents.connected()

        # Verified before `take` runs: an aborted request must never reach the queue.
        form = self._read(leg)
        return self._answer("key", take)

    def called(self, leg: str) -> Response:
        """Record whether a customer who is called back was reached, and end the agent's leg."""

        def note() -> bytes:
            status = form.first("DialCallStatus") or "failed"
            self.host.legs.reached(leg, status, self.host.clock())
            farewell = () if status in ("completed", "answered") else self._said("agent_not_reached")
            return self.documents.farewell(farewell)

        form = self._read(leg)
        return self._answer("called", note)

    def customer(self, leg: str) -> Response:
        """Greet a customer who is called back, before the agent is connected."""
        self._read(leg)
        # A failure here must not keep the customer, who has answered already, from the agent.
        self._quietly("customer", lambda: self.host.legs.picked_up(leg, self.host.clock()))
        language = request.args.get("language", _LANGUAGE)
        keys = ["called_back", *(["called_recorded"] if request.args.get("recorded") else [])]
        return self._answer("customer", lambda: self.documents.words(self._said(*keys, language=language)))

    def ended(self, leg: str) -> Response:
        """Record that an agent's leg has ended."""
        form = self._read(leg)
        status = form.first("CallStatus")
        if status in _ENDED:
            self._quietly("ended", lambda: self.host.legs.ended(leg, status, self.host.clock()))
        # The carrier ignores the body of a status callback.
        return Response(status=204)

    def recorded(self, leg: str) -> Response:
        """Record a finished recording; its URL at the carrier follows from its id."""
        form = self._read(leg)
        name, seconds = form.first("RecordingSid"), form.first("RecordingDuration")
        # The name becomes part of an address at the carrier; only what is one of its ids is stored.
        if re.fullmatch(r"RE[0-9A-Za-z]{2,62}", name):
            length = float(seconds) if seconds.isascii() and seconds.isdecimal() and len(seconds) < 7 else 0.0
            self._quietly("recorded", lambda: self.host.recorded(leg, name, length))
        return Response(status=204)

    def _read(self, leg: str) -> Parameters:
        if not _LEG.fullmatch(leg):
            abort(404)
        return Parameters.of(authentic(self.channel, self.metrics).form)

    def _rings(self, leg: str, pressed: KeyPressed) -> bytes:
        return self.documents.rings(
            leg,
            self._said("agent_dialling"),
            pressed.dial,
            caller=self.host.settings.call_from,
            timeout=pressed.timeout,
            record=pressed.record,
            language=pressed.language or _LANGUAGE,
        )

    def _said(self, *keys: str, language: str = _LANGUAGE) -> tuple[Prompt, ...]:
        return self._voiced([said(language, key, self.host.phrases) for key in keys])

    def _voiced(self, prompts: Sequence[Prompt]) -> tuple[Prompt, ...]:
        return self.host.voiced(prompts, carrier_speaks=self.channel.speaks)

    def _answer(self, what: str, document: Callable[[], bytes]) -> Response:
        try:
            return twiml(document())
        except Exception as fault:  # ends the agent's leg only; the caller keeps waiting
            log.fault(f"agent {what}", fault)
            return twiml(self.documents.farewell(self._said("agent_sorry")))

    def _quietly(self, what: str, note: Callable[[], None]) -> None:
        try:
            note()
        except Exception as fault:  # the carrier ignores the document
            log.fault(f"agent {what}", fault)


def _key(form: Parameters) -> str:
    """Return the pressed key; an empty text for none or several."""
    pressed = form.first("Digits").strip() or form.first("FinishedOnKey").strip()
    return pressed if len(pressed) < 2 else "?"
