"""The local voices of prompts: select those that can speak a language now, and pause those that do not answer."""

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
"""Seconds for which a voice is not used after two late answers, so that callers do not wait for it repeatedly."""
_LOOK_SECONDS = 10.0
"""Seconds for which a voice's refusal of a language is cached."""
_PATIENCE = 2
_CLOSE_SECONDS = 1.0


class Voices:
    """Voices in order of preference. Thread-safe."""

    def __init__(self, voices: Sequence[Voice], clock: Callable[[], float] = time.monotonic) -> None:
        self.all = tuple(voices)
        self._clock = clock
        self._lock = threading.Lock()
        self._late: dict[str, int] = {}
        self._resting: dict[str, float] = {}
        self._failures: dict[tuple[str, str], tuple[float, str | None]] = {}

    def speaking(self, language: str) -> list[Voice]:
        """Return the voices that can speak a language now. Asks each voice, without a deadline."""
        return [voice for voice in self.all if self.why_not(voice, language) is None]

    def worth_asking(self, language: str) -> list[Voice]:
        """Return the voices that are not known to fail, without asking them: for calls, which cannot wait."""
        now = self._clock()
        return [
            voice
            for voice in self.all
            # Only what is known already is asked here; `why_not` may start a process or read a model.
            if voice.speaks(language)
            and now >= self._resting.get(voice.name, float("-inf"))
            and not self._known_to_fail(voice, language, now)
        ]

    def why_not(self, voice: Voice, language: str) -> str | None:
        """Return why a voice cannot speak a language, or None. Has no deadline."""
        try:
            reason = voice.why_not(language)
        except Exception as fault:  # a plug-in that raises cannot speak
            reason = f"the voice {voice.name} raised {type(fault).__name__}"
        self._failures[voice.name, language] = (self._clock(), reason)
        return reason

    def say(self, text: str, language: str, rate: float, seconds: float) -> Audio:
        """Return the sound of a text by the first voice that can speak it. Raises VoiceFailed."""
        reasons: list[str] = []
        for voice in self.speaking(language):
            try:
                return rendered(voice, in_words(text, language), language, rate, seconds)
            except VoiceFailed as fault:
                reasons.append(str(fault))
        raise VoiceFailed("; ".join(reasons or self.reasons(language)))

    def reasons(self, language: str) -> list[str]:
        """Return why the voices of a language cannot speak it; if there are none, why each voice cannot."""
        own = [voice for voice in self.all if voice.speaks(language)]
        answers = [self.why_not(voice, language) for voice in own or self.all]
        return [reason for reason in answers if reason] or [
            missing_extra("speech") or "no voice is installed; see: ivr models list"
        ]

    def answered(self, voice: Voice, in_time: bool) -> None:
        """Record whether a voice answered in time."""
        with self._lock:
            # One late answer may be a busy moment; two in a row are a voice that hangs.
            late = 0 if in_time else self._late.get(voice.name, 0) + 1
            self._late[voice.name] = late
            if late >= _PATIENCE:
                self._resting[voice.name] = self._clock() + REST_SECONDS

    def resting(self) -> list[str]:
        """Return the voices that are paused after late answers."""
        now = self._clock()
        return [voice.name for voice in self.all if now < self._resting.get(voice.name, float("-inf"))]

    def close(self) -> None:
        """Close the voices, without waiting for one that hangs."""
        wait([in_background(voice.close, f"ivr-closes-{voice.name}") for voice in self.all], _CLOSE_SECONDS)

    def _known_to_fail(self, voice: Voice, language: str, now: float) -> bool:
        at, reason = self._failures.get((voice.name, language), (now, None))
        return reason is not None and now - at < _LOOK_SECONDS


def rendered(voice: Voice, spoken: str, language: str, rate: float, deadline: float) -> Audio:
    """Render a text. Raises VoiceFailed for any exception of the voice, and for a sound without speech."""
    try:
        audio = voice.render(spoken, language, rate=rate, deadline=deadline)
    except VoiceFailed:
        raise
    except Exception as fault:
        raise VoiceFailed(f"the voice {voice.name} raised {type(fault).__name__}") from None
    # pyttsx3 sometimes writes a file without sound, and reports success.
    if empty(audio, spoken):
        raise VoiceFailed(f"the voice {voice.name} returned a sound without speech")
    return audio
