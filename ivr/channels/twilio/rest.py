"""Requests to Twilio's REST API, within bounds of time and number. Errors must not contain what was sent.

Not by twilio's own client, which keeps connections: after a kept connection has failed it is unknown whether the
request was carried out. Here each request opens its own.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from ivr.errors import IvrError
from ivr.net.http import HttpClient, RequestFailed, basic_auth
from ivr.settings import Hidden

API = "https://api.twilio.com"
API_SECONDS = 5.0
_LARGEST_ANSWER = 64 << 10
_MOST_AT_ONCE = 16
_LONGEST_STATE = 20


class NotAsked(IvrError):
    """The request certainly did not reach Twilio."""


class NotAnswered(IvrError):
    """Twilio gave no valid answer; the request may have been carried out."""


@dataclass(frozen=True)
class RestAnswer:
    """Twilio's answer: the status, the id of the resource, why it was refused, and the resource's own status."""

    status: int
    sid: str = ""
    why: str = ""
    state: str = ""

    @property
    def refused(self) -> bool:
        """Whether Twilio refused the request."""
        return 400 <= self.status < 500


class RestAccount:
    """Asks for one account: at most `most_at_once` requests at a time, each within `seconds`."""

    def __init__(
        self,
        sid: str,
        token: Hidden,
        *,
        api: str = API,
        seconds: float = API_SECONDS,
        most_at_once: int = _MOST_AT_ONCE,
    ) -> None:
        self._sid, self._token, self._seconds = sid, token, seconds
        path = f"/2010-04-01/Accounts/{sid}"
        self._client = HttpClient(api + path, most=most_at_once, largest=_LARGEST_ANSWER, keep=False)

    def post(self, resource: str, form: Mapping[str, str]) -> RestAnswer:
        """Post a form to a resource of the account, such as `Messages.json`. Raises NotAsked or NotAnswered."""
        return self._ask("POST", resource, urlencode(form).encode())

    def get(self, resource: str) -> RestAnswer:
        """Return a resource of the account, such as `Calls/CA….json`. Raises NotAsked or NotAnswered."""
        return self._ask("GET", resource, None)

    def _ask(self, method: str, resource: str, body: bytes | None) -> RestAnswer:
        headers = basic_auth(self._sid, self._token.reveal())
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            answer = self._client.request(method, f"/{resource}", body=body, headers=headers, seconds=self._seconds)
        except RequestFailed as fault:
            raise (NotAnswered if fault.sent else NotAsked)(f"Twilio {fault}") from None
        return _read(answer.status, answer.body)


def _read(status: int, body: bytes) -> RestAnswer:
    """Read an answer: an id, or a refusal with Twilio's error code. Its message may quote the request."""
    try:
        content: Any = json.loads(body)
    except ValueError:
        content = None
    resource = content if isinstance(content, dict) else {}
    sid, code, state = resource.get("sid"), resource.get("code"), resource.get("status")
    return RestAnswer(
        status,
        # The id is put into addresses later; anything else than letters and digits would change them.
        sid if status in (200, 201) and isinstance(sid, str) and sid.isalnum() else "",
        f"error {code}" if isinstance(code, int) else f"status {status}",
        state if status in (200, 201) and isinstance(state, str) and len(state) <= _LONGEST_STATE else "",
    )
