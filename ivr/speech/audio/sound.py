"""What a sound is here, and its way from fractions to 16 bits. Nothing is measured or changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.int16]
Fractions = NDArray[np.float64]
"""Samples as shares of full scale, for arithmetic."""

RATE = 8000
"""Hz; what the telephone carries."""
FULL = 32768.0


@dataclass(frozen=True, eq=False)
class Audio:
    """A piece of sound: mono, 16 bits, `rate` samples a second. The samples are not to be written to."""

    samples: Samples
    rate: int = RATE

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return len(self.samples) / self.rate

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Audio):
            return NotImplemented
        return self.rate == other.rate and np.array_equal(self.samples, other.samples)

    def __hash__(self) -> int:
        return hash((self.rate, self.samples.tobytes()))

    def fractions(self) -> Fractions:
        """Return the samples as shares of full scale."""
        return self.samples.astype(np.float64) / FULL


def audio_of(fractions: NDArray[Any], rate: int) -> Audio:
    """Return sound from shares of full scale; what is louder than 16 bits can say is cut off."""
    return Audio(np.clip(np.round(fractions * FULL), -FULL, FULL - 1).astype(np.int16), rate)
