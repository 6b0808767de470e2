"""A voice on the bank's own network, behind an HTTP address: OpenAI's speech API or piper's web server.

Both take a text and return a WAV file. The path tells them apart: OpenAI's ends with `/audio/speech`.
"""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Mapping
from typing import Any, Self
from urllib.parse import parse_qsl, unquote, urlsplit

from ivr.errors import VoiceFailed
from ivr.net.http import HttpClient, RequestFailed
from ivr.speech.audio import Audio, levelled, read_wav, resample, trimmed

from . import Readings, Voice, VoiceSources

_VERSION = 1
_OPENAI = "/audio/speech"
_LARGEST_ANSWER = 32 << 20
_AT_ONCE = 4
FAILURE_SECONDS = 30.0
"""After a failure the other voices serve for so long, so that callers do not wait for a server that is gone."""
_SLOWEST_SPEED, _FASTEST_SPEED = 0.25, 4.0
"""The bounds of `speed` in OpenAI's API."""


class HttpVoice(Voice):
    """Asks one server; its address names the voice of each language, such as `?zh-CN=huayan&en-US=amy`."""

    kind = "http"
    preference = 1
    """Before the voices of this machine: who sets an address wants it to be heard."""

    def __init__(self, address: str) -> None:
        url = urlsplit(address)
        self._query = dict(parse_qsl(url.query))
        self._is_openai = url.path.endswith(_OPENAI)
        self._path = url.path or "/"
        self._token = unquote(url.password or "")
        server = (
            f"{url.scheme}://{url.netloc.rpartition('@')[2]}"  # the token goes into a header, never into an address
        )
        self._client = HttpClient(server, most=_AT_ONCE, largest=_LARGEST_ANSWER) if address else None
        self._host = url.hostname or ""
        self._readings = Readings()
        self._lock = threading.Lock()
        self._failure = ""
        self._failed_at = 0.0

    @classmethod
    def open(cls, sources: VoiceSources) -> Self:
        """Return the voice of IVR_VOICE_URL; without an address it speaks no language."""
        return cls(sources.address.reveal())

    def learn(self, readings: Readings) -> None:
        """Receive the line's own respellings."""
        self._readings = readings

    def speaks(self, language: str) -> bool:
        """Return whether the address names a voice for the language."""
        return self._client is not None and language in self._query

    def identity(self, language: str) -> str:
        """Return server, model, voice and respellings."""
        server = f"{self._host}{self._path} {self._query.get('model', '')}"
        digest = hashlib.sha256(server.encode()).hexdigest()[:8]
        voice = "".join(letter if letter.isalnum() else "-" for letter in self._query.get(language, "none"))
        return f"http-{_VERSION}-{digest}-{voice}-{self._readings.digest(language)}"

    def why_not(self, language: str) -> str | None:
        """Return that the address names no such voice, or why the server failed a moment ago."""
        if self._client is None:
            return "the voice http needs the address of a server in IVR_VOICE_URL"
        if not self.speaks(language):
            return f"IVR_VOICE_URL names no voice for {language}; add {language}=NAME to its query"
        with self._lock:
            failed = self._failure and time.monotonic() - self._failed_at < FAILURE_SECONDS
            return f"the voice server {self._host} {self._failure}" if failed else None

    def render(self, text: str, language: str, *, rate: float = 1.0, deadline: float = 10.0) -> Audio:
        """Return the text as 8 kHz sound, trimmed and levelled."""
        if self._client is None or not self.speaks(language):
            raise VoiceFailed(str(self.why_not(language)))
        words = self._readings.respelt(text, language)
        body = json.dumps(self._question(words, language, rate), ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        try:
            answer = self._client.request("POST", self._path, seconds=deadline, body=body, headers=headers)
        except RequestFailed as fault:
            raise self._failed(str(fault)) from None
        if answer.status != 200:
            raise self._failed(f"answers with status {answer.status}")
        try:
            audio = resample(trimmed(read_wav(answer.body)))
        except ValueError as fault:
            raise self._failed(f"sends no WAV file: {fault}") from None
        if not len(audio.samples):
            raise VoiceFailed(f"the voice server {self._host} sends silence for this text")
        with self._lock:
            self._failure = ""
        return levelled(audio)

    def close(self) -> None:
        """Close idle connections."""
        if self._client is not None:
            self._client.close()

    def _question(self, text: str, language: str, rate: float) -> Mapping[str, Any]:
        voice = self._query[language]
        if self._is_openai:
            speed = min(_FASTEST_SPEED, max(_SLOWEST_SPEED, rate))
            model = self._query.get("model", "tts-1")
            return {"model": model, "voice": voice, "input": text, "response_format": "wav", "speed": speed}
        return {"text": text, "voice": voice, "length_scale": 1 / rate}

    def _failed(self, reason: str) -> VoiceFailed:
        with self._lock:
            self._failure, self._failed_at = reason, time.monotonic()
        return VoiceFailed(f"the voice server {self._host} {reason}")
