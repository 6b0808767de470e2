"""A small part of the carrier's REST API: move, place, end and show calls, recordings, text messages.

https://www.twilio.com/docs/voice/api/call-resource, /recording, /docs/messaging/api/message-resource
"""

from __future__ import annotations

import json
import re
import time
from collections import deque
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs

from ivr.carrier.recordings import CarrierRecordings
from ivr.carrier.requests import DEMO_ACCOUNT, new_sid

from .line_call import CannotDial
from .switch import Switch

MOST_MESSAGES = 200
_LONGEST_RING = 600
_CALL = re.compile(r"/2010-04-01/Accounts/(AC\w{32})/Calls(?:/(CA\w{2,62}))?\.json")
_MESSAGES = re.compile(r"/2010-04-01/Accounts/(AC\w{32})/Messages\.json")


@dataclass(frozen=True)
class TextSent:
    """A text message that the server sent. The text may be a one-time code."""

    sid: str
    number: str
    text: str = field(repr=False)
    at: float


class LineApi(CarrierRecordings):
    """Serves the API on loopback to the account's SID and token; a context manager.

    `texted` receives the number and the text of every message.
    """

    def __init__(
        self,
        switch: Switch,
        token: str,
        account: str = DEMO_ACCOUNT,
        *,
        port: int = 0,
        kept: MutableMapping[str, bytes] | None = None,
    ) -> None:
        # Here the file is written before the action is requested, so nothing has to wait for it.
        super().__init__(token, account, port=port, not_ready=0, kept=kept)
        self._switch = switch
        self.texted: Callable[[str, str], None] = lambda *_: None
        self.messages: deque[TextSent] = deque(maxlen=MOST_MESSAGES)

    def resource(self, method: str, path: str, body: bytes) -> tuple[int, bytes]:
        """Answer a request with valid credentials."""
        form = {name: values[0] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}
        if (call := _CALL.fullmatch(path)) and call[1] == self.account and method == "POST":
            return self._change(call[2], form) if call[2] else self._place(form)
        if call and call[1] == self.account and call[2] and method == "GET":
            return self._shown(call[2])
        if (sent := _MESSAGES.fullmatch(path)) and sent[1] == self.account and method == "POST":
            return self._send(form)
        return super().resource(method, path, body)

    def _change(self, sid: str, form: dict[str, str]) -> tuple[int, bytes]:
        ends = form.get("Status") in ("completed", "canceled")
        url = form.get("Url", "")
        if not (ends or url.startswith(("http://", "https://"))):
            return _refused(400, 21205, "Url is no address")
        if not self._switch.move(sid, "" if ends else url):
            return _refused(404, 20404, "there is no such call, or it has ended")
        return _made(200, sid, "completed" if ends else "in-progress")

    def _shown(self, sid: str) -> tuple[int, bytes]:
        if not self._switch.is_under_way(sid):
            return _refused(404, 20404, "there is no such call, or it has ended")
        return _made(200, sid, "in-progress")

    def _place(self, form: dict[str, str]) -> tuple[int, bytes]:
        number, url = form.get("To", ""), form.get("Url", "")
        if not number or not url.startswith(("http://", "https://")):
            return _refused(400, 21201, "To and Url are needed")
        seconds = form.get("Timeout", "")
        timeout = min(_LONGEST_RING, int(seconds)) if seconds.isascii() and seconds.isdecimal() else 60
        try:
            sid = self._switch.place(
                number, form.get("From", ""), url, status_url=form.get("StatusCallback", ""), timeout=timeout
            )
        except CannotDial as fault:
            return _refused(400, 21217, str(fault))
        return _made(201, sid, "queued")

    def _send(self, form: dict[str, str]) -> tuple[int, bytes]:
        if not form.get("To") or not form.get("Body"):
            return _refused(400, 21602, "To and Body are needed")
        sent = TextSent(new_sid("SM"), form["To"], form["Body"], time.time())
        self.messages.append(sent)
        self.texted(sent.number, sent.text)
        return _made(201, sent.sid, "sent")


def _made(code: int, sid: str, status: str) -> tuple[int, bytes]:
    return code, json.dumps({"sid": sid, "status": status}).encode()


def _refused(status: int, code: int, message: str) -> tuple[int, bytes]:
    return status, json.dumps({"code": code, "message": message, "status": status}).encode()
