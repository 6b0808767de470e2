"""Keys that a line sends as tones in the sound, for callers whose line signals none."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from ivr.speech.dtmf import Decoder

LOUDEST_SILENCE = 250
"""The highest sample of sound that cannot hold a key (-42 dB of full scale), which then costs next to nothing."""
SAME_SECONDS = 2.0
"""A key that is signalled within this time after its tone is the same key: signals come at its end, tones at once."""
_BLOCK = 800
"""Samples that are searched at once, 100 ms: the decoder costs less for large pieces."""


class InbandKeys:
    """Finds keys in the sound until the line signals the first one; then the sound is not searched any more."""

    def __init__(self, take: Callable[[str], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._take, self._clock = take, clock
        self._decoder = Decoder()
        self._block = bytearray()
        self._quiet = True
        self._signals = False
        self._last = ("", 0.0)

    def feed(self, pcm: bytes) -> None:
        """Receive sound of the caller."""
        # A line that signals its keys sends their tones as well; searching them would count each key twice.
        if self._signals:
            return
        self._block += pcm
        if len(self._block) < 2 * _BLOCK:
            return
        samples = np.frombuffer(bytes(self._block), np.int16)
        self._block.clear()
        # A tone may begin at the end of one block, so the block after a loud one is searched as well.
        loud = int(samples.max(initial=0)) > LOUDEST_SILENCE
        if loud or not self._quiet:
            for tone in self._decoder.feed(samples):
                self._last = (tone.key, self._clock())
                self._take(tone.key)
        self._quiet = not loud

    def signalled(self, key: str) -> bool:
        """Note that the line signals keys; return whether this one is new."""
        first, self._signals = not self._signals, True
        return not (first and self._last[0] == key and self._clock() - self._last[1] < SAME_SECONDS)
