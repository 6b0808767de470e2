"""Sounds to measure with: a sine, and the pitch of a sound."""

from __future__ import annotations

import numpy as np

from ivr.speech.audio import (
    RATE,
    Audio,
)
from ivr.speech.audio.sound import audio_of


def tone(hertz: float, seconds: float = 1.0, rate: int = RATE, level: float = -20.0) -> Audio:
    """Return a sine whose peaks are at `level` dB of full scale."""
    time = np.arange(round(seconds * rate)) / rate
    return audio_of(10 ** (level / 20) * np.sin(2 * np.pi * hertz * time), rate)


def pitch(audio: Audio) -> float:
    """Return the strongest frequency."""
    spectrum = np.abs(np.fft.rfft(audio.fractions() * np.hanning(len(audio.samples)), 1 << 18))
    return float(np.argmax(spectrum)) * audio.rate / (1 << 18)
