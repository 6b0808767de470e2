"""Detect DTMF keys in sound, for lines without other signalling (ITU-T Q.23, Q.24).

A key is two tones, one of a low and one of a high group, for at least 40 ms. Speech contains such pairs, too, but with
other frequencies and overtones, not equally loud, and not for so long.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from .audio import RATE, Audio, resample
from .audio.sound import FULL

LOW, HIGH = (697, 770, 852, 941), (1209, 1336, 1477, 1633)
TONE_GRID = ("123A", "456B", "789C", "*0#D")
FRAME, HOP = 160, 40
"""Samples of a frame (20 ms), and between two frames (5 ms)."""
SHARE = 0.62
"""Minimum share of the two tones in a frame's power; 10 dB above noise it is 0.8 to 0.95."""
DETUNED = 0.013
"""The tones are also looked for at this share above and below their frequencies: keys are off by up to 1.5 % + 2 Hz
(Q.24), which a frame resolves. Tones that are off by 3.5 % are no keys.
"""
TWIST = (-10.0, 8.0)
"""Limits in dB of the high tone relative to the low one (Q.24: -8 and 4; widened for noise)."""
APART = 6.0
"""Minimum dB by which a tone exceeds the others of its group."""
OVERTONE = 0.2
"""Maximum power of a tone's overtone, as a share of the tone's: telephones make pure tones, voices do not.

Not smaller, since 1633 Hz is near twice 852 Hz.
"""
_QUIETEST = -42.0
"""Minimum level of a key in dB of full scale."""
HITS, MISSES = 5, 8
"""Frames that make a key (a tone of at least 35 ms), and successive frames without it that end it.

A hole of 10 ms spoils 4 frames, a lost packet of 20 ms 6, and a pause of 40 ms 9.
"""
_NEAR = np.array([*LOW, *HIGH], dtype=np.float64)
_TONES = np.concatenate([_NEAR, _NEAR * (1 - DETUNED), _NEAR * (1 + DETUNED), 2 * _NEAR])
_WAVES = np.exp(-2j * np.pi * np.outer(np.arange(FRAME), _TONES) / RATE)


@dataclass(frozen=True)
class Tone:
    """A key, and the time when it was pressed, in seconds from the start."""

    key: str = field(repr=False)
    at: float


class Decoder:
    """Finds keys in a stream of 8 kHz samples, fed in pieces of any size."""

    def __init__(self) -> None:
        self._rest: NDArray[np.int16] = np.zeros(0, np.int16)
        self._frame = 0
        self._held, self._misses = "", 0
        self._next_key, self._hits, self._gap, self._began = "", 0, 0, 0

    def feed(self, samples: NDArray[np.int16]) -> list[Tone]:
        """Process samples; return the keys that are certain now. A key is returned once, while it is still held."""
        joined = np.concatenate([self._rest, samples])
        # Pieces of a stream end anywhere; the samples of an unfinished frame wait for the next piece.
        count = max(0, (len(joined) - FRAME) // HOP + 1)
        self._rest = joined[count * HOP :]
        if not count:
            return []
        frames = np.lib.stride_tricks.sliding_window_view(joined, FRAME)[: count * HOP : HOP]
        return [pressed for key in _keys(frames / FULL) if (pressed := self._next(key))]

    def _next(self, key: str) -> Tone | None:
        """Take the key of the next frame; return one that has become certain."""
        self._frame += 1
        # A key that is held down for a second is still one key.
        if key and key == self._held:
            self._misses = 0
            return None
        self._misses += 1
        if self._misses >= MISSES:
            self._held = ""
        if key and key == self._next_key:
            self._hits, self._gap = self._hits + 1, 0
        elif key:
            self._next_key, self._hits, self._gap, self._began = key, 1, 0, self._frame
        else:
            self._gap += 1
            # A frame that a burst of noise spoilt does not begin the count anew.
            if self._gap >= MISSES:
                self._next_key = ""
        if not self._next_key or self._hits < HITS:
            return None
        pressed = Tone(self._next_key, max(0, self._began - 1) * HOP / RATE)
        self._held, self._misses, self._next_key = self._next_key, 0, ""
        return pressed


def decode(audio: Audio) -> tuple[Tone, ...]:
    """Return the keys in a recording, in order."""
    near = resample(audio, RATE).samples
    # A key may be held to the very end of a recording, where the last frame would be cut off.
    padded = np.concatenate([near, np.zeros(FRAME, np.int16)])
    return tuple(Decoder().feed(padded))


def _keys(frames: NDArray[np.float64]) -> Iterator[str]:
    """Yield each frame's key, or an empty text."""
    powers = 2 * np.abs(frames @ _WAVES) ** 2 / FRAME**2
    # The small sums here and below keep digital silence from dividing by zero.
    whole = np.mean(frames**2, axis=1) + 1e-12
    # Columns 0 to 23 are each tone at its frequency, below it and above it; from 24 on are the overtones.
    strongest = powers[:, :24].reshape(len(frames), 3, 8).max(axis=1)
    low, high = strongest[:, :4], strongest[:, 4:]
    row, column = low.argmax(axis=1), high.argmax(axis=1)
    here = np.arange(len(frames))
    first, second = low[here, row], high[here, column]
    twist = 10 * np.log10((second + 1e-12) / (first + 1e-12))
    sounds = (
        ((first + second) / whole > SHARE)
        & (10 * np.log10(first + second + 1e-12) > _QUIETEST)
        & (twist > TWIST[0])
        & (twist < TWIST[1])
        & (_lead(low) > APART)
        & (_lead(high) > APART)
        & (powers[here, 24 + row] < OVERTONE * first)
        & (powers[here, 28 + column] < OVERTONE * second)
    )
    for place in here:
        yield TONE_GRID[row[place]][column[place]] if sounds[place] else ""


def _lead(group: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the dB by which the loudest tone of a group exceeds the next."""
    ordered = np.sort(group, axis=1) + 1e-12
    lead: NDArray[np.float64] = 10 * np.log10(ordered[:, -1] / ordered[:, -2])
    return lead
