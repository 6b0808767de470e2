"""The prompts of a call as sound: recordings are fetched as by the carrier, texts are rendered by a voice.

Stores all sounds in order, and may play them. Must not know flows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urljoin

from ivr.carrier.caller import HeardPause, HeardPrompt, HeardRecording, HeardText, HeardTone
from ivr.carrier.transport import NoAnswer, Transport
from ivr.errors import IvrError
from ivr.speech.audio import Audio, joined, read_sound, silence, write_wav

Speaker = Callable[[str, str, float], Audio]
"""Renders a text in a language at a rate. Raises IvrError."""


@dataclass(frozen=True)
class HeardSound:
    """One prompt that was heard, with its sound."""

    heard: HeardPrompt
    audio: Audio


@dataclass
class AudioOut:
    """Collects the sound of one call. `base` is the server's URL; `words` returns the words of a recording, or "".

    `play` receives every sound at its start, and returns at its end. `trouble` receives a message if a sound fails.
    """

    base: str
    transport: Transport
    speaker: Speaker
    words: Callable[[str], str] = lambda _: ""
    play: Callable[[Audio], None] = lambda _: None
    trouble: Callable[[str], None] = lambda _: None
    sounds: list[HeardSound] = field(default_factory=list)

    def __call__(self, heard: HeardPrompt) -> str:
        """Hear a prompt; return the words of a recording."""
        try:
            audio = self._sound(heard)
        except (IvrError, ValueError) as fault:
            self.trouble(f"not heard: {fault}")
            return ""
        self.sounds.append(HeardSound(heard, audio))
        self.play(audio)
        return self.words(heard.url) if isinstance(heard, HeardRecording) else ""

    def wav(self) -> bytes:
        """Return all sounds as one WAV file, without the caller's pauses."""
        return write_wav(joined([sound.audio for sound in self.sounds]))

    def _sound(self, heard: HeardPrompt) -> Audio:
        match heard:
            case HeardText():
                return self.speaker(heard.text, heard.language, heard.rate)
            case HeardRecording():
                return self._fetched(urljoin(self.base, heard.url))
            case HeardPause() | HeardTone():
                return silence(heard.seconds)

    def _fetched(self, url: str) -> Audio:
        answer = self.transport.send("GET", url, b"", {})
        if answer.status != 200:
            raise NoAnswer(11200, f"{url} was answered with status {answer.status}")
        return read_sound(answer.body)
