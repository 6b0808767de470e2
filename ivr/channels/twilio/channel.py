"""The Twilio Voice channel: verifies and reads Twilio's requests, and writes a turn's reply as TwiML.

Uses only the engine's inputs and verbs. Must not use flows, stores or a web framework.
"""

from __future__ import annotations

import binascii
import hmac
from collections.abc import Sequence
from functools import partial
from itertools import chain
from typing import Self

from flask import Blueprint
from twilio.request_validator import RequestValidator

from ivr.channels.base import CarrierSetup, Channel, DirectTurns, Fingerprint, Host
from ivr.engine.inputs import CallStarted, Input
from ivr.engine.ports import Incoming
from ivr.engine.verbs import Closing
from ivr.errors import BadRequest, BadSignature
from ivr.services.queue.service import CarrierRouter
from ivr.settings import Settings
from ivr.telemetry.metrics import Metrics

from . import apology, inputs, paths, taskrouter
from .agent_documents import AgentDocuments
from .calls import TwilioCalls
from .messages import TwilioMessages
from .recordings import TwilioRecordings
from .requests import Parameters, TwilioRequest, prefix_of
from .twiml import document


class TwilioChannel(Channel[TwilioRequest]):
    """Twilio Programmable Voice. Without `auth_token` no signature is checked, which is for loopback only."""

    kind = "twilio"
    speaks = True
    settings_of_carrier = ("account_sid", "auth_token", "sms_from", "call_from", "workflow", "api_url")

    def __init__(
        self,
        auth_token: str | None,
        public_url: str | None,
        *,
        fingerprint: Fingerprint,
        settings: Settings | None = None,
    ) -> None:
        self.public_url = public_url.rstrip("/") if public_url else None
        self._token = auth_token.encode() if auth_token else b""
        self._validator = RequestValidator(auth_token) if auth_token else None
        self._fingerprint = fingerprint
        self._prefix = prefix_of(public_url)
        self._settings = settings or Settings()
        self.agents = AgentDocuments(self._prefix)

    @classmethod
    def from_settings(cls, settings: Settings, fingerprint: Fingerprint) -> Self:
        """Return the channel of the configured account. Raises SettingsError."""
        token = settings.auth_token.reveal() if settings.auth_token else None
        return cls(token, settings.public_url or None, fingerprint=fingerprint, settings=settings)

    @classmethod
    def unsigned(cls, settings: Settings) -> str:
        """Return a sentence if the account's token is not set."""
        if settings.auth_token:
            return ""
        return "TWILIO_AUTH_TOKEN is not set, so forged requests could not be detected."

    @property
    def checks_signatures(self) -> bool:
        """Whether requests must be signed."""
        return self._validator is not None

    def routes(self, host: Host, metrics: Metrics) -> Sequence[Blueprint]:
        """Return the webhooks of callers' and agents' legs."""
        # Imported here, because both modules import this one.
        from . import agent_routes, routes

        return (routes.routes(self, host, metrics), agent_routes.routes(self, host, metrics))

    def direct_turns(self, host: Host, metrics: Metrics) -> DirectTurns:
        """Return the turns of callers."""
        # Imported here, because that module imports this one.
        from .direct import TwilioTurns

        return TwilioTurns(self, host, metrics)

    def carrier_calls(self) -> TwilioCalls | None:
        """Return the client of the account's calls if account and public URL are set, else None."""
        return TwilioCalls.from_settings(self._settings)

    def carrier_router(self) -> CarrierRouter | None:
        """Return TaskRouter if a workflow is configured, else None."""
        workflow = self._settings.workflow
        return partial(taskrouter.task, workflow) if workflow else None

    def carrier_recordings(self) -> TwilioRecordings:
        """Return the account's recordings."""
        return TwilioRecordings.from_settings(self._settings)

    def carrier_messages(self) -> TwilioMessages | None:
        """Return the sender of text messages if one is configured, else None. Raises SettingsError."""
        return TwilioMessages.from_settings(self._settings)

    def carrier_setup(self, public_url: str) -> CarrierSetup:
        """Return the URLs to set at each Twilio telephone number."""
        addresses = (
            ("a call comes in", paths.with_retries(public_url + paths.VOICE)),
            ("primary handler fails", paths.with_retries(public_url + paths.FALLBACK)),
            ("call status changes", paths.with_retries(public_url + paths.STATUS)),
        )
        return CarrierSetup("Twilio, for the phone number (all of them POST)", addresses)

    def warnings(self) -> Sequence[str]:
        """Return a sentence if no number is set that sends text messages."""
        if self._settings.sms_from:
            return ()
        return ("TWILIO_SMS_FROM is not set: text messages stay in the outbox, so one-time codes are not delivered.",)

    def signed_urls(self) -> Sequence[str]:
        """Return the URL of incoming calls; without a public URL, the one of the Host header."""
        call = TwilioRequest("https", "<the host that was called>", (paths.VOICE,), "", ())
        return tuple(call.urls(self.public_url))

    def verify(self, request: TwilioRequest) -> None:
        """Verify that Twilio signed this request. Raises BadSignature."""
        if self._validator is None:
            return
        if not request.signature:
            raise BadSignature("the request carries no X-Twilio-Signature")
        # The cheap spelling first: it is the right one for every request but those of unusual proxies and ports.
        if self.is_signed_as_sent(request) or self._signed_otherwise(request, self._validator):
            return
        raise BadSignature(
            "X-Twilio-Signature does not match; it is computed over IVR_PUBLIC_URL, which must be the "
            "address that is set at Twilio"
        )

    def is_signed_as_sent(self, request: TwilioRequest) -> bool:
        """Return whether the signature covers the URL as it was sent. Without a token every request counts as signed.

        Ten times as fast as twilio's validator, which computes every signature twice, with and without a port. A test
        compares the two.
        """
        if self._validator is None or not request.signature:
            return self._validator is None
        try:
            form = "".join([text for pair in _distinct(request) for text in pair]).encode()
            claimed = request.signature.encode()
            # The URL as spelt on the wire: decoded and escaped again, `%2F` or a lower-case escape would no longer
            # match.
            addresses = [url.encode() for url in request.urls(self.public_url)]
        except UnicodeEncodeError:  # the form is not valid Unicode
            return False
        return any(hmac.compare_digest(self._signature(address + form), claimed) for address in addresses)

    def _signature(self, signed: bytes) -> bytes:
        # SHA-1 is Twilio's choice; in an HMAC its collisions are of no use to a forger.
        return binascii.b2a_base64(hmac.digest(self._token, signed, "sha1"), newline=False)

    def _signed_otherwise(self, request: TwilioRequest, validator: RequestValidator) -> bool:
        """Return whether twilio's validator accepts any other spelling of the URL."""
        for url in request.urls(self.public_url):
            try:
                if validator.validate(url, request.parameters, request.signature):
                    return True
            except ValueError:  # the URL cannot be parsed, or the form is not valid Unicode
                continue
        return False

    def read(self, request: TwilioRequest, *, turn: int | None = None, flow: str | None = None) -> Incoming:
        """Read a verified request; `turn` and `flow` come from its path. Raises BadRequest if it lacks a call id."""
        form = request.parameters
        # The query is covered by the signature, so these values are the carrier's own, from before the caller was held.
        if result := apology.held_values(request.query):
            form = Parameters.of([*request.form, *result.items()])
        started = inputs.arrival(form, flow)
        return self._incoming(request, started, turn, started if turn is None else inputs.later(form))

    def ended(self, request: TwilioRequest) -> Incoming | None:
        """Read a status callback: the hang-up that it reports, or None if the call continues.

        Raises BadRequest if a call ended and the request lacks its id.
        """
        form = request.parameters
        gone = inputs.hung_up(form)
        return self._incoming(request, inputs.arrival(form), None, gone) if gone else None

    def recogniser_failed(self, request: TwilioRequest) -> Incoming | None:
        """Read a request to the fallback URL: a failed recogniser, or None for any other fault.

        Raises BadRequest if it lacks a call id.
        """
        form = request.parameters
        unheard = inputs.unheard(form)
        return self._incoming(request, inputs.arrival(form), None, unheard) if unheard else None

    def render(self, closing: Closing, *, turn: int) -> bytes:
        """Write the document; `turn` is the number that the caller's next request carries."""
        return document(closing, action=self._prefix + paths.turn(turn), prefix=self._prefix)

    def sorry(self, language: str, number: str | None, *, attempt: int = 1) -> bytes:
        """Write the apology and dial `number`; never raises."""
        return apology.sorry(language, number, attempt=attempt, action=self._prefix + paths.FALLBACK)

    def hold(self, request: TwilioRequest) -> bytes | None:
        """Write the document that lets the caller wait, unless the caller has waited through MOST_HOLDS of them."""
        return apology.hold(request, self._prefix)

    def outside(self, number: str | None) -> bytes:
        """Write the document for a fallback outside of this server."""
        return apology.outside(number)

    def _incoming(self, request: TwilioRequest, line: CallStarted, turn: int | None, what: Input) -> Incoming:
        call_id = inputs.call_id(request.parameters)
        if not call_id:
            raise BadRequest("the request carries no usable CallSid")
        return Incoming(call_id, turn, what, self._key(request, call_id), line.caller, line.called)

    def _key(self, request: TwilioRequest, call_id: str) -> str:
        """Return the idempotency key of a request.

        Twilio's retry token is not signed, so it is combined with the call and the URL. Without one, equal signatures
        mean equal requests, since URL and form are signed; where none is checked, URL and form are compared.
        """
        if request.retry_token:
            parts = ["retry", request.target, call_id, request.retry_token]
        elif self._validator is not None:
            parts = ["signed", request.signature]
        else:
            parts = ["form", request.target, *chain.from_iterable(sorted(request.form))]
        return self._fingerprint("\0".join(parts).encode("utf-8", "surrogatepass"))


def _distinct(request: TwilioRequest) -> list[tuple[str, str]]:
    """Return the form as it is signed: sorted, a repeated pair once."""
    unique = len(request.parameters) == len(request.form)
    # As twilio's validator does: of a repeated name, each distinct value counts once.
    return sorted(request.form if unique else set(request.form))
