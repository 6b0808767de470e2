"""The local voices as prompts use them: which can speak a language now, and which rest after not answering."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import wait
from typing import TYPE_CHECKING

from ivr.errors import VoiceFailed
from ivr.net.threads import in_background
from ivr.settings.extras import missing_extra
from ivr.speech.tts import Voice

from .duration import empty
from .words import in_words

if TYPE_CHECKING:
    from ivr.speech.audio import Audio

REST_SECONDS = 30.0
"""How long a voice that twice did not answer in time is not asked: callers must not wait for it again and again."""
_LOOK_SECONDS = 10.0
"""How long a voice that said that it cannot speak a language is taken at its word."""
_PATIENCE = 2
_CLOSE_SECONDS = 1.0


class Voices:
    """Voices in order, the best first. Thread-safe."""

    def __init__(self, voices: Sequence[Voice], clock: Callable[[], float] = time.monotonic) -> None:
        self.all = tuple(voices)
        self._clock = clock
        self._lock = threading.Lock()
        self._late: dict[str, int] = {}
        self._resting: dict[str, float] = {}
        self._failures: dict[tuple[str, str], tuple[float, str | None]] = {}

    def speaking(self, language: str) -> list[Voice]:
        """Return the voices that can speak a language now. Asks them, which may take as long as they like."""
        return [voice for voice in self.all if self.why_not(voice, language) is None]

    def worth_asking(self, language: str) -> list[Voice]:
        """Return the voices that are not known to fail, without asking anybody: for a call, which cannot wait."""
        now = self._clock()
        return [
            voice
            for voice in self.all
            if voice.speaks(language)
            and now >= self._resting.get(voice.name, float("-inf"))
            and not self._known_to_fail(voice, language, now)
        ]

    def why_not(self, voice: Voice, language: str) -> str | None:
        """Return why a voice cannot speak a language, or None. Thread-safe; may take as long as the voice likes."""
        try:
            reason = voice.why_not(language)
        except Exception as fault:  # a plug-in that breaks is one that cannot speak
            reason = f"the voice {voice.name} broke: {type(fault).__name__}"
        self._failures[voice.name, language] = (self._clock(), reason)
        return reason

    def say(self, text: str, language: str, rate: float, seconds: float) -> Audio:
        """Return a text by the first voice that can speak it, however long that takes. Raises VoiceFailed."""
        reasons: list[str] = []
        for voice in self.speaking(language):
            try:
                return rendered(voice, in_words(text, language), language, rate, seconds)
            except VoiceFailed as fault:
                reasons.append(str(fault))
        raise VoiceFailed("; ".join(reasons or self.reasons(language)))

    def reasons(self, language: str) -> list[str]:
        """Say why the voices that cannot speak a language cannot; those that never do are left out if others would."""
        own = [voice for voice in self.all if voice.speaks(language)]
        answers = [self.why_not(voice, language) for voice in own or self.all]
        return [reason for reason in answers if reason] or [
            missing_extra("speech") or "no voice is installed; see: ivr models list"
        ]

    def answered(self, voice: Voice, in_time: bool) -> None:
        """Take note of whether a voice answered in time."""
        with self._lock:
            late = 0 if in_time else self._late.get(voice.name, 0) + 1
            self._late[voice.name] = late
            if late >= _PATIENCE:
                self._resting[voice.name] = self._clock() + REST_SECONDS

    def resting(self) -> list[str]:
        """Name the voices that do not answer in time and are left alone for a while."""
        now = self._clock()
        return [voice.name for voice in self.all if now < self._resting.get(voice.name, float("-inf"))]

    def close(self) -> None:
        """End what the voices have started; one that hangs is not waited for."""
        wait([in_background(voice.close, f"ivr-closes-{voice.name}") for voice in self.all], _CLOSE_SECONDS)

    def _known_to_fail(self, voice: Voice, language: str, now: float) -> bool:
        at, reason = self._failures.get((voice.name, language), (now, None))
        return reason is not None and now - at < _LOOK_SECONDS


def rendered(voice: Voice, spoken: str, language: str, rate: float, deadline: float) -> Audio:
    """Let a voice speak. Raises VoiceFailed, also for a voice that breaks or that gives a sound without speech."""
    try:
        audio = voice.render(spoken, language, rate=rate, deadline=deadline)
    except VoiceFailed:
        raise
    except Exception as fault:
        raise VoiceFailed(f"the voice {voice.name} broke: {type(fault).__name__}") from None
    if empty(audio, spoken):
        raise VoiceFailed(f"the voice {voice.name} gave a sound without speech")
    return audio
