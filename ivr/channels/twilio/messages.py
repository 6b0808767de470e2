"""Send text messages by Twilio's Messages API, in at most five seconds each. Errors must not contain text or number."""

from __future__ import annotations

from typing import ClassVar, Self

from ivr.errors import LookupFailed, SettingsError
from ivr.secret import Secret
from ivr.services.sms.backend import Backend, UncertainError
from ivr.settings import Hidden, Settings

from .rest import API, API_SECONDS, NotAnswered, NotAsked, RestAccount


class TwilioMessages(Backend):
    """Sends from one account and sender: a number, a name, or a messaging service (MG...)."""

    kind: ClassVar[str] = "twilio"

    def __init__(
        self, account_sid: str, auth_token: Hidden, sender: str, *, api: str = API, seconds: float = API_SECONDS
    ) -> None:
        self._sender = sender
        self._account = RestAccount(account_sid, auth_token, api=api, seconds=seconds)

    @classmethod
    def from_settings(cls, settings: Settings) -> Self | None:
        """Return the sender if one is configured, else None. Raises SettingsError for a sender without an account."""
        if not settings.sms_from:
            return None
        if not (settings.account_sid and settings.auth_token):
            raise SettingsError("TWILIO_SMS_FROM needs TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN; set them too")
        return cls(settings.account_sid, settings.auth_token, settings.sms_from, api=settings.api_url or API)

    def send(self, number: str, text: Secret, purpose: str, now: float) -> str:
        """Send a message; return Twilio's id of it. Raises LookupFailed, or UncertainError if it may have been sent."""
        # Twilio takes a service by another parameter than a number or name.
        sender = "MessagingServiceSid" if self._sender.startswith("MG") else "From"
        try:
            answer = self._account.post("Messages.json", {"To": number, sender: self._sender, "Body": text.reveal()})
        except NotAsked as fault:
            raise LookupFailed(f"{fault}; no text message was sent") from None
        except NotAnswered as fault:
            # Not the error of a refusal, after which a message may be sent again.
            raise UncertainError(f"{fault}; the text may have been sent") from None
        if answer.sid:
            return answer.sid
        if answer.refused:
            raise LookupFailed(f"Twilio refused the text message ({answer.why})")
        raise UncertainError(f"Twilio answered with {answer.why}; the text message may have been sent")
