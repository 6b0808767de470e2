"""Sends by Twilio's Messages API: one POST per message, five seconds at most, nothing from it in any error.

Why not the carrier's own client: it keeps connections, and when a kept one has silently ended nobody knows whether a
message went out. Here each message has a connection of its own.
"""

from __future__ import annotations

import json
import threading
from concurrent.futures import Future
from typing import Any, ClassVar, Self
from urllib.parse import urlencode

import urllib3
from urllib3 import exceptions as faults

from ..engine.ports import Documents
from ..errors import LookupFailed, SettingsError
from ..sealing import Seal
from ..secret import Secret
from ..settings import Hidden, Settings
from .backend import Backend, UncertainError

API = "https://api.twilio.com"
SECONDS = 5.0
LARGEST_ANSWER = 64 << 10
MOST_AT_ONCE = 16


class Twilio(Backend):
    """Sends through one account from one sender: a number, a name, or a messaging service (MG...)."""

    kind: ClassVar[str] = "twilio"

    def __init__(
        self, account_sid: str, auth_token: Hidden, sender: str, *, api: str = API, seconds: float = SECONDS
    ) -> None:
        self._sid, self._token, self._sender, self._seconds = account_sid, auth_token, sender, seconds
        self._url = f"{api}/2010-04-01/Accounts/{account_sid}/Messages.json"
        self._free = threading.BoundedSemaphore(MOST_AT_ONCE)

    @classmethod
    def set_up(cls, settings: Settings, documents: Documents, seal: Seal) -> Self | None:  # noqa: ARG003
        """Return the backend when a sender is set. Raises SettingsError when the account is missing then."""
        if not settings.sms_from:
            return None
        if not (settings.account_sid and settings.auth_token):
            raise SettingsError("TWILIO_SMS_FROM needs TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN; set them too")
        return cls(settings.account_sid, settings.auth_token, settings.sms_from)

    def send(self, number: str, text: Secret, purpose: str, now: float) -> str:
        """Send; return Twilio's id of the message. Raises LookupFailed, UncertainError when it may have gone out."""
        sender = "MessagingServiceSid" if self._sender.startswith("MG") else "From"
        form = {"To": number, sender: self._sender, "Body": text.reveal()}
        if not self._free.acquire(blocking=False):
            raise LookupFailed("too many text messages are being sent at once")
        try:
            status, body = self._posted(form).result(self._seconds)
        except (faults.NewConnectionError, faults.ConnectTimeoutError, faults.SSLError):
            raise LookupFailed("Twilio cannot be reached; no text message was sent") from None
        except (TimeoutError, faults.ReadTimeoutError):
            raise UncertainError(
                f"Twilio did not answer within {self._seconds:g} s; the text may have been sent"
            ) from None
        except (faults.HTTPError, OSError, ValueError):
            raise UncertainError("Twilio broke off its answer; the text may have been sent") from None
        return _id(status, body)

    def _posted(self, form: dict[str, str]) -> Future[tuple[int, bytes]]:
        """Post in a thread that can be left behind: no other bound covers a name look-up and each single byte."""
        future: Future[tuple[int, bytes]] = Future()

        def run() -> None:
            try:
                future.set_result(self._post(form))
            except Exception as fault:
                future.set_exception(fault)
            finally:
                self._free.release()

        threading.Thread(target=run, name="ivr-sends-text", daemon=True).start()
        return future

    def _post(self, form: dict[str, str]) -> tuple[int, bytes]:
        headers = urllib3.make_headers(basic_auth=f"{self._sid}:{self._token.reveal()}")
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        with urllib3.PoolManager(timeout=self._seconds, retries=False) as pool:
            response = pool.urlopen(
                "POST", self._url, body=urlencode(form), headers=headers, redirect=False, preload_content=False
            )
            try:
                return response.status, response.read(LARGEST_ANSWER)
            finally:
                response.close()


def _id(status: int, body: bytes) -> str:
    """Read an answer: an id, a refusal with Twilio's own number for it, or nothing one can rely on."""
    try:
        answer: Any = json.loads(body)
    except ValueError:
        answer = None
    told = answer if isinstance(answer, dict) else {}
    if status in (200, 201) and isinstance(told.get("sid"), str) and told["sid"].isalnum():
        return str(told["sid"])
    code = told.get("code")
    why = f"error {code}" if isinstance(code, int) else f"status {status}"
    if 400 <= status < 500:
        raise LookupFailed(f"Twilio refused the text message ({why})")
    raise UncertainError(f"Twilio answered with {why}; the text message may have been sent")
