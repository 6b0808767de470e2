"""A telephone that speaks plain JSON. It is plugged in as an entry point; nothing in ivr/ names it."""

from __future__ import annotations

import hmac
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

from flask import Blueprint, Response, abort, request

from ivr.channels.base import CarrierSetup, Channel, Fingerprint, Host
from ivr.channels.turns import take_turn
from ivr.engine.inputs import CallStarted, Digits, HungUp, NoInput
from ivr.engine.ports import Incoming
from ivr.engine.verbs import Closing, Say
from ivr.errors import BadRequest, BadSignature
from ivr.settings import Settings
from ivr.telemetry.metrics import Metrics


@dataclass(frozen=True)
class JsonRequest:
    """One POST: the body as it came, and the token that proves where it came from."""

    body: bytes
    token: str


class PlainJsonChannel(Channel[JsonRequest]):
    """A telephone for all programs that have the token PLAIN_JSON_TOKEN."""

    kind = "plain_json"
    speaks = True

    def __init__(self, token: str, fingerprint: Fingerprint) -> None:
        self._token, self._fingerprint = token, fingerprint

    @classmethod
    def from_settings(cls, settings: Settings, fingerprint: Fingerprint) -> Self | None:
        """Return the channel if its token is set."""
        token = os.environ.get("PLAIN_JSON_TOKEN", "")
        return cls(token, fingerprint) if token else None

    def routes(self, host: Host, metrics: Metrics) -> Sequence[Blueprint]:
        """Return the two webhooks: a call arrives, and a turn of a call."""
        board = Blueprint(self.kind, __name__, url_prefix=f"/{self.kind}")

        @board.post("/voice/<flow>")
        def voice(flow: str) -> Response:
            asked = self._authentic()
            return self._answer(take_turn(self, host, metrics, lambda: self.read(asked, flow=flow)))

        @board.post("/turn/<int:turn>")
        def turn(turn: int) -> Response:
            asked = self._authentic()
            return self._answer(take_turn(self, host, metrics, lambda: self.read(asked, turn=turn)))

        return (board,)

    def carrier_setup(self, public_url: str) -> CarrierSetup:
        """Return the address of incoming calls."""
        return CarrierSetup("the plain telephone", (("a call comes in", f"{public_url}/{self.kind}/voice/FLOW"),))

    def verify(self, request: JsonRequest) -> None:
        """Compare the token."""
        if not hmac.compare_digest(request.token.encode(), self._token.encode()):
            raise BadSignature("the token is another one")

    def read(self, request: JsonRequest, *, turn: int | None = None, flow: str | None = None) -> Incoming:
        """Read the caller's key or hang-up, and the call that it belongs to."""
        try:
            form: dict[str, Any] = json.loads(request.body)
            call, caller, called = (str(form[name]) for name in ("call", "from", "to"))
        except (ValueError, KeyError, TypeError):
            raise BadRequest("the request names no call") from None
        action: Digits | NoInput | HungUp = Digits(str(form["press"])) if form.get("press") else NoInput()
        if form.get("hang_up"):
            action = HungUp("completed")
        started = CallStarted(caller, called, flow)
        key = self._fingerprint(b"\0".join([str(turn).encode(), request.body]))
        return Incoming(f"json-{call}", turn, started if turn is None else action, key, caller, called)

    def render(self, closing: Closing, *, turn: int) -> bytes:
        """Write the texts, the verb that closes the turn, and where the next input goes."""
        texts = [prompt.text for prompt in closing.prompts if isinstance(prompt, Say)]
        document = {"say": texts, "then": type(closing).__name__.lower(), "next": f"/{self.kind}/turn/{turn}"}
        return json.dumps(document, ensure_ascii=False).encode()

    def sorry(self, language: str, number: str | None, *, attempt: int = 1) -> bytes:
        """Write an apology that dials `number`."""
        return json.dumps({"say": ["sorry"], "then": "dial", "number": number}).encode()

    def _authentic(self) -> JsonRequest:
        asked = JsonRequest(request.get_data(), request.headers.get("X-Token", ""))
        try:
            self.verify(asked)
        except BadSignature:
            abort(403)
        return asked

    def _answer(self, document: bytes) -> Response:
        return Response(document, content_type="application/json")
