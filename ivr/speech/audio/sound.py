"""The type of sounds, and its conversion from floating point to 16 bits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.int16]
Fractions = NDArray[np.float64]
"""Samples from -1 to 1, for arithmetic."""

RATE = 8000
"""The sampling rate of the telephone network in Hz."""
FULL = 32768.0


@dataclass(frozen=True, eq=False)
class Audio:
    """A sound: mono, 16 bits, `rate` samples per second. The samples must not be changed."""

    samples: Samples
    rate: int = RATE

    @property
    def seconds(self) -> float:
        """The duration in seconds."""
        return len(self.samples) / self.rate

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Audio):
            return NotImplemented
        return self.rate == other.rate and np.array_equal(self.samples, other.samples)

    def __hash__(self) -> int:
        return hash((self.rate, self.samples.tobytes()))

    def fractions(self) -> Fractions:
        """Return the samples from -1 to 1."""
        return self.samples.astype(np.float64) / FULL


def audio_of(fractions: NDArray[Any], rate: int) -> Audio:
    """Return the sound of samples from -1 to 1; values outside are clipped."""
    return Audio(np.clip(np.round(fractions * FULL), -FULL, FULL - 1).astype(np.int16), rate)
