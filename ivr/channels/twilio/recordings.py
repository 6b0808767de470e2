"""Fetch recordings of callers from Twilio with the account's credentials, and delete them there.

A webhook supplies the URL, so only paths of recordings on the configured server are requested, and no redirect is
followed: the credentials must not reach another server.
"""

from __future__ import annotations

import re
import time
from contextlib import suppress
from typing import Self

from ivr.errors import NoRecording
from ivr.net.http import AnswerTooLarge, HttpClient, RequestFailed, basic_auth
from ivr.settings import Hidden, Settings

from .rest import API

LARGEST = 1 << 20
"""Maximum bytes of a recording; fifteen seconds take 240 kB."""
LARGEST_FOR_STAFF = 256 << 20
"""Maximum bytes of a recording for staff: a talk of four hours."""
FIRST_WAIT, LONGEST_WAIT = 0.1, 0.5
"""Seconds between attempts: a recording becomes ready shortly after its call requests the next turn."""
_MOST_OPEN = 64
_PATH = re.compile(r"(/2010-04-01/Accounts/(AC[0-9A-Za-z]{32})/Recordings/RE[0-9A-Za-z]{32})(?:\.wav)?")


class TwilioRecordings:
    """The recordings of one account. Thread-safe."""

    def __init__(self, account_sid: str, auth_token: Hidden, api: str) -> None:
        self._sid, self._token, self._api = account_sid, auth_token, api
        # Two clients, so that downloads of long talks by staff take no connection from callers' answers.
        self._client = HttpClient(api, most=_MOST_OPEN, largest=LARGEST)
        self._long = HttpClient(api, most=_MOST_OPEN, largest=LARGEST_FOR_STAFF)

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """Return the recordings of the configured account."""
        return cls(settings.account_sid, settings.auth_token, settings.api_url or API)

    def fetch(self, url: str, seconds: float) -> bytes:
        """Return a recording as WAV; retry until it is ready, for at most `seconds`. Raises NoRecording."""
        path, account = self._path(url)
        until = time.monotonic() + seconds
        wait = FIRST_WAIT
        while True:
            recording = self._once("GET", f"{path}.wav", account, until)
            if recording is not None:
                return recording
            if time.monotonic() + wait >= until:
                raise NoRecording("the recording was not available in time")
            time.sleep(wait)
            wait = min(2 * wait, LONGEST_WAIT)

    def download(self, recording: str, seconds: float) -> bytes:
        """Return a recording of any length, by its name at the carrier or its URL. Raises NoRecording."""
        named = f"{self._api}/2010-04-01/Accounts/{self._sid}/Recordings/{recording}"
        path, account = self._path(recording if "/" in recording else named)
        sound = self._once("GET", f"{path}.wav", account, time.monotonic() + seconds, self._long)
        if sound is None:
            raise NoRecording("the carrier has no such recording, or does not answer")
        return sound

    def forget(self, url: str) -> None:
        """Delete a recording at the carrier; failures are ignored."""
        with suppress(NoRecording):
            path, account = self._path(url)
            self._once("DELETE", f"{path}.json", account, time.monotonic() + 5.0)

    def _path(self, url: str) -> tuple[str, str]:
        """Return the path of a recording and its account. Raises NoRecording for any other URL."""
        # Compared with the slash behind the host: api.twilio.com.example.org and userinfo before an @ do not pass.
        match = _PATH.fullmatch(url[len(self._api) :]) if url.startswith(f"{self._api}/") else None
        if not match:
            raise NoRecording("the address is no recording at the carrier's server (setting TWILIO_API_URL)")
        return match[1], self._sid or match[2]

    def _once(
        self, method: str, path: str, account: str, until: float, client: HttpClient | None = None
    ) -> bytes | None:
        """Request the recording once; return None if a retry may help."""
        left = until - time.monotonic()
        if left <= 0:
            return None
        headers = basic_auth(account, self._token.reveal())
        try:
            answer = (client or self._client).request(method, path, headers=headers, seconds=left)
        except AnswerTooLarge:
            raise NoRecording("the recording is larger than the longest answer") from None
        except RequestFailed:
            return None
        # Wrong credentials do not mend in the seconds that a caller waits; a 404 may, since the file is not ready yet.
        if answer.status in (401, 403):
            raise NoRecording("the carrier refuses TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN")
        if 300 <= answer.status < 400:
            raise NoRecording("the carrier redirects to another address of the recording")
        return answer.body if answer.status in (200, 204) else None
