"""What the caller hears as sound: recordings are fetched as the carrier would, texts are spoken by a voice given.

It keeps everything in order, and may play it aloud. It knows TwiML's prompts, and no prompt's origin.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urljoin

from ivr.carrier.caller import HeardPrompt
from ivr.carrier.transport import NoAnswer, Transport
from ivr.errors import IvrError
from ivr.speech.audio import Audio, joined, read_sound, silence, write_wav

Speaker = Callable[[str, str, float], Audio]
"""Speaks a text in a language at a rate. Raises IvrError when it cannot."""
_BEEP_SECONDS = 0.5


@dataclass(frozen=True)
class HeardSound:
    """One thing that was heard: where it came from, or what was said, and the sound."""

    heard: HeardPrompt
    audio: Audio


@dataclass
class AudioOut:
    """Listens to one call. `base` is the server's address; `words` tells what a recording says, where that is known.

    `play` gets every sound as it begins and returns when it has been heard. What cannot be heard is told to `trouble`.
    """

    base: str
    transport: Transport
    speaker: Speaker
    words: Callable[[str], str] = lambda _: ""
    play: Callable[[Audio], None] = lambda _: None
    trouble: Callable[[str], None] = lambda _: None
    sounds: list[HeardSound] = field(default_factory=list)

    def __call__(self, heard: HeardPrompt) -> str:
        """Hear something; return the words of a recording."""
        try:
            audio = self._sound(heard)
        except (IvrError, ValueError) as fault:
            self.trouble(f"not heard: {fault}")
            return ""
        self.sounds.append(HeardSound(heard, audio))
        self.play(audio)
        return self.words(heard.text) if heard.kind == "play" else ""

    def wav(self) -> bytes:
        """Return everything that was heard as one file; the caller's own time is left out."""
        return write_wav(joined([sound.audio for sound in self.sounds]))

    def _sound(self, heard: HeardPrompt) -> Audio:
        if heard.kind == "say":
            return self.speaker(heard.text, heard.language, heard.rate)
        if heard.kind == "play":
            return self._fetched(urljoin(self.base, heard.text))
        return silence(_BEEP_SECONDS if heard.kind == "beep" else heard.seconds)

    def _fetched(self, url: str) -> Audio:
        answer = self.transport.send("GET", url, b"", {})
        if answer.status != 200:
            raise NoAnswer(11200, f"{url} was answered with status {answer.status}")
        return read_sound(answer.body)
