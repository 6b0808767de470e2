"""A recording of a caller, and the silence that ends it."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from ivr.speech.audio import RATE, Audio, write_wav

from .voice_watch import FRAME, VoiceLevel

_MARGIN_SECONDS = 0.2
"""Sound that is kept before and after speech, so that a soft consonant at its edge is not cut."""


class Take:
    """Collects the caller's sound; `silence` seconds without speech, from the start or after it, end it.

    A telephone that sends nothing while its user is silent counts as silent, too. With `trim` silence before and after
    the speech is cut off, so that a recording without speech is empty.
    """

    def __init__(self, silence: float, *, trim: bool = False, clock: Callable[[], float] = time.monotonic) -> None:
        self._silence, self._trim, self._clock = silence, trim, clock
        self._fed_at = clock()
        self._speech: list[int] = []
        self._sound = bytearray()
        self._judged = 0
        self._quiet = 0.0
        self._level = VoiceLevel()

    def feed(self, pcm: bytes) -> None:
        """Receive the caller's sound."""
        self._sound += pcm
        self._fed_at = self._clock()
        while len(self._sound) - self._judged >= 2 * FRAME:
            frame = bytes(self._sound[self._judged : self._judged + 2 * FRAME])
            self._judged += 2 * FRAME
            if self._level.speaks(np.frombuffer(frame, np.int16)):
                self._quiet = 0.0
                self._speech = [*self._speech[:1], self._judged]
            else:
                self._quiet += FRAME / RATE

    @property
    def is_silent(self) -> bool:
        """Whether the caller has been silent for long enough."""
        return bool(self._silence) and max(self._quiet, self._clock() - self._fed_at) >= self._silence

    @property
    def seconds(self) -> float:
        """The length of the recording."""
        return len(self._kept()) / 2 / RATE

    def wav(self) -> bytes:
        """Return the recording as a WAV file."""
        return write_wav(Audio(np.frombuffer(self._kept(), np.int16)))

    def _kept(self) -> bytes:
        if not self._trim:
            return bytes(self._sound)
        if not self._speech:
            return b""
        margin = 2 * round(_MARGIN_SECONDS * RATE)
        return bytes(self._sound[max(0, self._speech[0] - 2 * FRAME - margin) : self._speech[-1] + margin])
