"""Fetches what callers said from Twilio, with the account's credentials, and has it deleted there afterwards.

An address comes with a request of the carrier's; it is fetched only from the one server that is configured, only where
recordings are, and no redirect is followed: the credentials go nowhere else.
"""

from __future__ import annotations

import re
import time
from contextlib import suppress
from typing import Self

import urllib3
from urllib3 import exceptions as faults

from ivr.errors import NoRecording
from ivr.settings import Hidden, Settings

from .rest import API

LARGEST = 1 << 20
"""Bytes; fifteen seconds take 240 kB."""
FIRST_WAIT, LONGEST_WAIT = 0.1, 0.5
"""Seconds between two attempts: a recording is there a moment after its call asks for the next turn."""
_PIECE = 64 << 10
_PATH = re.compile(r"(/2010-04-01/Accounts/(AC[0-9A-Za-z]{32})/Recordings/RE[0-9A-Za-z]{32})(?:\.wav)?")


class TwilioRecordings:
    """The recordings of one account. Thread-safe. Nothing waits past the deadline except a name look-up."""

    def __init__(self, account_sid: str, auth_token: Hidden, api: str) -> None:
        self._sid, self._token, self._api = account_sid, auth_token, api
        self._pool = urllib3.PoolManager(maxsize=8, retries=False)

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """Return the recordings of the account that is set."""
        return cls(settings.account_sid, settings.auth_token, settings.api_url or API)

    def fetch(self, url: str, seconds: float) -> bytes:
        """Return the recording as WAV; while it is not there yet, ask again. Raises NoRecording."""
        path, account = self._path(url)
        until = time.monotonic() + seconds
        wait = FIRST_WAIT
        while True:
            found = self._once("GET", f"{path}.wav", account, until)
            if found is not None:
                return found
            if time.monotonic() + wait >= until:
                raise NoRecording("the recording was not there in time")
            time.sleep(wait)
            wait = min(2 * wait, LONGEST_WAIT)

    def forget(self, url: str) -> None:
        """Have the recording deleted at the carrier; when that fails it stays there, and nothing else happens."""
        with suppress(NoRecording):
            path, account = self._path(url)
            self._once("DELETE", f"{path}.json", account, time.monotonic() + 5.0)

    def _path(self, url: str) -> tuple[str, str]:
        """Return the path of a recording and its account. Raises NoRecording for any other address."""
        found = _PATH.fullmatch(url[len(self._api) :]) if url.startswith(f"{self._api}/") else None
        if not found:
            raise NoRecording("the address is no recording at the carrier's server (setting TWILIO_API_URL)")
        return found[1], self._sid or found[2]

    def _once(self, method: str, path: str, account: str, until: float) -> bytes | None:
        """Ask once; None when it is worth asking again."""
        left = until - time.monotonic()
        if left <= 0:
            return None
        headers = urllib3.make_headers(basic_auth=f"{account}:{self._token.reveal()}")
        try:
            answer = self._pool.request(
                method, self._api + path, headers=headers, redirect=False, preload_content=False, timeout=left
            )
        except faults.HTTPError:
            return None
        try:
            if answer.status in (200, 204):
                return _body(answer, until)
            if answer.status in (401, 403):
                raise NoRecording("the carrier refuses TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN")
            if 300 <= answer.status < 400:
                raise NoRecording("the carrier keeps the recording elsewhere")
            return None
        finally:
            answer.close()


def _body(answer: urllib3.BaseHTTPResponse, until: float) -> bytes | None:
    body = bytearray()
    try:
        while piece := answer.read1(_PIECE):
            body += piece
            if len(body) > LARGEST:
                raise NoRecording("the recording is larger than any answer")
            if time.monotonic() > until:
                return None
    except faults.HTTPError:
        return None
    return bytes(body)
