"""The voice of pyttsx3 with espeak-ng, in child processes: English, and Mandarin if no better voice is installed.

Mandarin is passed as pinyin, since espeak's dictionary misreads a bank's words. It is still hard to understand, as `ivr
doctor` warns.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Sequence
from typing import Any, Self

from ivr.errors import VoiceFailed
from ivr.speech.audio import Audio, levelled, read_wav, resample, trimmed
from ivr.speech.languages import LANGUAGES, LocalVoice, language_row

from . import Readings, Voice, VoiceSources
from ._espeak_children import COMMAND, Children
from ._lexicon import CannotReadError, Lexicon
from ._mandarin import Foreign, Word, read_mandarin

_VERSION = 1
_TRIES = 3
"""Maximum attempts for one text, each with another process."""
_MOST_CHARACTERS = 4000
FAILURE_KEPT = 30.0
"""Seconds for which a failed start of the engine is cached."""
_SLOWEST_RATE, _FASTEST_RATE = 80, 450
"""espeak's limits of words per minute."""
_MARKS = {"sentence": ".", "comma": ",", "group": ","}


class Pyttsx3(Voice):
    """Renders in child processes, which are started on first use."""

    kind = "pyttsx3"
    preference = 90

    def __init__(self, command: Sequence[str] = COMMAND) -> None:
        self._children = Children(command)
        self._lock = threading.Lock()
        self._engine: str | VoiceFailed | None = None
        self._asked = 0.0
        self._readings = Readings()

    @classmethod
    def open(cls, sources: VoiceSources) -> Self:  # noqa: ARG003 - as for every voice
        """Return the voice, which needs no models."""
        return cls()

    def learn(self, readings: Readings) -> None:
        """Receive the line's own readings."""
        self._readings = readings

    def speaks(self, language: str) -> bool:
        """Return whether the row of a language names a voice of espeak."""
        return _spoken(language) is not None

    def identity(self, language: str) -> str:
        """Return engine, voice and lexicon."""
        spoken = _spoken(language)
        engine = self._version()
        lexicon = f"-{self._readings.lexicon(language).version}" if spoken and spoken.pinyin else ""
        voice = spoken.name.replace("/", "-") if spoken else "none"
        return f"{engine if isinstance(engine, str) else 'none'}-{_VERSION}-{voice}{lexicon}"

    def why_not(self, language: str) -> str | None:
        """Return that the voice lacks the language, or why the engine does not start. Starts it on first use."""
        if _spoken(language) is None:
            spoken = (tag for tag, row in LANGUAGES.items() if row.local_voice(self.kind))
            return f"the voice pyttsx3 speaks {', '.join(sorted(spoken))} here, not {language}"
        engine = self._version()
        if isinstance(engine, VoiceFailed):
            return f"{engine}; install the packages pyttsx3 and espeakng-loader, or the system's espeak-ng"
        return None

    def render(self, text: str, language: str, *, rate: float = 1.0, deadline: float = 10.0) -> Audio:
        """Return the text as 8 kHz sound, trimmed and levelled; retry with another process after a failure."""
        until = time.monotonic() + deadline
        spoken = _spoken(language)
        if spoken is None:
            raise VoiceFailed(str(self.why_not(language)))
        # Before a child gets it: espeak would work for minutes, and be ended for it each time.
        if len(text) > _MOST_CHARACTERS:
            raise VoiceFailed(f"the text has {len(text)} characters; {_MOST_CHARACTERS} can be spoken at once")
        if spoken.pinyin:
            words, units = _mandarin(text, self._readings.lexicon(language))
        else:
            words, units = _in_letters(self._readings.respelt(text, language))
        speed = min(_FASTEST_RATE, max(_SLOWEST_RATE, round(spoken.rate * rate)))
        request = {"text": words, "voice": spoken.name, "rate": speed}
        expected = units * spoken.unit * spoken.rate / speed
        return levelled(self._rendered(request, expected, until))

    def close(self) -> None:
        """End the child processes."""
        self._children.close()
        with self._lock:
            self._engine = None

    def _rendered(self, request: dict[str, Any], expected: float, until: float) -> Audio:
        """Try several children. Raises VoiceFailed with the last one's error."""
        last = VoiceFailed("there was no time to speak the text")
        for _ in range(_TRIES):
            left = until - time.monotonic()
            if left <= 0:
                break
            # A hanging process must leave time for the next one.
            limit = time.monotonic() + (left / 2 if left > 1 else left)
            try:
                return self._children.ask(request, limit, lambda sound: _checked(sound, expected))
            except VoiceFailed as fault:
                last = fault
        raise last

    def _version(self) -> str | VoiceFailed:
        """Return the engine's version, or why it does not start; a failure is cached for FAILURE_KEPT."""
        with self._lock:
            stale = isinstance(self._engine, VoiceFailed) and time.monotonic() - self._asked > FAILURE_KEPT
            if self._engine is None or stale:
                self._asked = time.monotonic()
                try:
                    self._engine = self._children.version()
                except VoiceFailed as fault:
                    self._engine = fault
            return self._engine


def _spoken(language: str) -> LocalVoice | None:
    row = language_row(language)
    return row.local_voice(Pyttsx3.kind) if row else None


def _in_letters(text: str) -> tuple[str, int]:
    """Return the text for espeak and its number of letters; digits count as their words."""
    plain = " ".join(text.split())
    units = len(re.sub(r"[^A-Za-z]", "", plain)) + 4 * len(re.findall("[0-9]", plain))
    if not units:
        raise VoiceFailed("there is nothing in the text to speak")
    return plain, units


def _mandarin(text: str, lexicon: Lexicon) -> tuple[str, int]:
    """Return the text in pinyin, and its number of syllables."""
    try:
        pieces = read_mandarin(text, lexicon)
    except CannotReadError as fault:
        raise VoiceFailed(f"the voice pyttsx3 cannot read this text: {fault}") from None
    words, count = [], 0
    for piece in pieces:
        if isinstance(piece, Word):
            words.append("".join(map(str, piece.syllables)))
            count += len(piece.syllables)
        elif isinstance(piece, Foreign):
            raise VoiceFailed(f"the English words {piece.text!r} cannot be said in Mandarin by this voice")
        elif words:
            words[-1] += _MARKS[piece]
    if not count:
        raise VoiceFailed("there is nothing in the text to speak")
    return " ".join(words) + ".", count


def _checked(sound: bytes, expected: float) -> Audio:
    """Return the sound, trimmed, if it is long enough for the text. Raises VoiceFailed for a truncated one."""
    try:
        audio = resample(trimmed(read_wav(sound)))
    except ValueError as fault:
        raise VoiceFailed(f"the engine wrote no sound: {fault}") from None
    # espeak sometimes drops the end of a text and reports success, and the length is all that shows it.
    if not 0.4 * expected - 0.2 <= audio.seconds <= 3 * expected + 1.0 or not len(audio.samples):
        raise VoiceFailed(f"the engine spoke {audio.seconds:.1f} s where {expected:.1f} s were expected")
    return audio
