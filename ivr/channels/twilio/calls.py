"""Move and place calls by Twilio's REST API, for the queue, which acts outside of any turn."""

from __future__ import annotations

import re
from typing import Self

from ivr.errors import CarrierFailed
from ivr.settings import Settings

from . import paths
from .rest import API, NotAnswered, NotAsked, RestAccount, RestAnswer

MOST_AT_ONCE = 8
_SECONDS = 4.0
"""Maximum seconds of one request. A waiting call requests its turn after each piece of music anyway."""

LONGEST_RING = 600
_CALL = re.compile(r"CA[0-9A-Za-z]{2,62}")
_GOES_ON = ("queued", "initiated", "ringing", "in-progress")
_OVER = ("completed", "busy", "failed", "no-answer", "canceled")
_PARTY = re.compile(r"\+[1-9][0-9]{6,14}|sips?:[^\s<>\"]{3,200}")


class TwilioCalls:
    """The calls of one Twilio account. `caller` is the number that placed calls show; without it no call is placed."""

    def __init__(self, account: RestAccount, public_url: str, caller: str) -> None:
        self._account, self._base, self.caller = account, public_url.rstrip("/"), caller

    @classmethod
    def from_settings(cls, settings: Settings, *, seconds: float = _SECONDS) -> Self | None:
        """Return the client if account and public URL are set, else None."""
        if not (settings.account_sid and settings.auth_token and settings.public_url):
            return None
        account = RestAccount(
            settings.account_sid,
            settings.auth_token,
            api=settings.api_url or API,
            seconds=seconds,
            most_at_once=MOST_AT_ONCE,
        )
        return cls(account, settings.public_url, settings.call_from)

    @property
    def places(self) -> bool:
        """Whether a number to place calls from is configured."""
        return bool(self.caller)

    def move(self, call_id: str, *, at: float) -> None:
        """Make a call request its next turn now, interrupting any prompt. Raises CarrierFailed if it has ended."""
        # The id becomes part of the address that is requested with the account's credentials.
        if not _CALL.fullmatch(call_id):
            raise CarrierFailed("a call without a Twilio id cannot be moved")
        self._post(
            "moved",
            f"Calls/{call_id}.json",
            {"Url": paths.with_retries(self._base + paths.moved(at)), "Method": "POST"},
        )

    def ending_of(self, call_id: str) -> str:
        """Return how a call ended (completed, busy, failed, no-answer, canceled); an empty text while it goes on.

        https://www.twilio.com/docs/voice/api/call-resource#call-status-values

        Raises CarrierFailed for any other answer.
        """
        if not _CALL.fullmatch(call_id):
            raise CarrierFailed("a call without a Twilio id cannot be asked for")
        try:
            answer = self._account.get(f"Calls/{call_id}.json")
        except (NotAsked, NotAnswered) as fault:
            raise CarrierFailed(f"{fault}; whether the call goes on is unknown") from None
        if answer.sid != call_id or answer.state not in (*_GOES_ON, *_OVER):
            raise CarrierFailed(f"Twilio answered with {answer.why}; whether the call goes on is unknown")
        return answer.state if answer.state in _OVER else ""

    def place(self, number: str, leg: str, *, timeout: int) -> str:
        """Dial an agent's number and return the call's id; the webhooks of `leg` receive its events.

        Raises CarrierFailed; with `unsure` the call may have been placed.
        """
        if not self.places:
            raise CarrierFailed("no call can be placed: TWILIO_CALL_FROM is not set")
        if not _PARTY.fullmatch(number):
            raise CarrierFailed("no call can be placed to such a number")
        webhook = self._base + paths.agent_leg(leg)
        form = {
            "To": number,
            "From": self.caller,
            "Url": paths.with_retries(webhook),
            "Method": "POST",
            "Timeout": str(min(LONGEST_RING, max(1, timeout))),
            "StatusCallback": paths.with_retries(f"{webhook}/ended"),
            "StatusCallbackMethod": "POST",
            # Other events would come out of order and tell nothing that the leg's own requests do not.
            "StatusCallbackEvent": "completed",
        }
        answer = self._post("placed", "Calls.json", form)
        if not answer.sid:
            raise CarrierFailed(f"Twilio answered with {answer.why}; the call may have been placed", unsure=True)
        return answer.sid

    def _post(self, done: str, resource: str, form: dict[str, str]) -> RestAnswer:
        try:
            answer = self._account.post(resource, form)
        except NotAsked as fault:
            raise CarrierFailed(f"{fault}; no call was {done}") from None
        except NotAnswered as fault:
            raise CarrierFailed(f"{fault}; the call may have been {done}", unsure=True) from None
        # Only a status of 4xx is certain. After a 5xx the telephone may ring, and a second call would ring it twice.
        if answer.refused:
            raise CarrierFailed(f"Twilio refused: no call was {done} ({answer.why})")
        if answer.status not in (200, 201):
            raise CarrierFailed(f"Twilio answered with {answer.why}; the call may have been {done}", unsure=True)
        return answer
