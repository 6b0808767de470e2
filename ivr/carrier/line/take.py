"""A recording of a caller, and the silence that ends it."""

from __future__ import annotations

import numpy as np

from ivr.speech.audio import RATE, Audio, write_wav

from .voice_watch import FRAME, VoiceLevel


class Take:
    """Collects the caller's sound; `silence` seconds without speech, from the start or after it, end it."""

    def __init__(self, silence: float) -> None:
        self._silence = silence
        self._sound = bytearray()
        self._judged = 0
        self._quiet = 0.0
        self._level = VoiceLevel()

    def feed(self, pcm: bytes) -> None:
        """Receive the caller's sound."""
        self._sound += pcm
        while len(self._sound) - self._judged >= 2 * FRAME:
            frame = bytes(self._sound[self._judged : self._judged + 2 * FRAME])
            self._judged += 2 * FRAME
            self._quiet = 0.0 if self._level.speaks(np.frombuffer(frame, np.int16)) else self._quiet + FRAME / RATE

    @property
    def is_silent(self) -> bool:
        """Whether the caller has been silent for long enough."""
        return bool(self._silence) and self._quiet >= self._silence

    @property
    def seconds(self) -> float:
        """The length of the recording."""
        return len(self._sound) / 2 / RATE

    def wav(self) -> bytes:
        """Return the recording as a WAV file."""
        return write_wav(Audio(np.frombuffer(bytes(self._sound), np.int16)))
