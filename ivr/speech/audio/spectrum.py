"""Filter a sound by frequency: resampling, and the band of a telephone line."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from .g711 import mulaw_bytes, mulaw_samples
from .sound import RATE, Audio, Fractions, audio_of

LOW, HIGH = 300.0, 3400.0
"""The band of a telephone line in Hz (ITU-T G.712)."""
Response = Callable[[int, int], Fractions]
"""Returns the gain at each frequency, for a number of samples at a rate in Hz."""
_PADDING = 0.02
"""Seconds of silence around a sound during filtering, so that its end does not ring into its beginning."""


def resample(audio: Audio, rate: int = RATE) -> Audio:
    """Resample a sound; frequencies that the new rate cannot carry are filtered out first."""
    if rate == audio.rate or not len(audio.samples):
        return Audio(audio.samples, rate)
    common = math.gcd(audio.rate, rate)
    step_in, step_out = audio.rate // common, rate // common
    margin = math.ceil(_PADDING * common)
    whole = _quick(math.ceil(len(audio.samples) / step_in) + 2 * margin)
    padded = np.zeros(whole * step_in)
    padded[margin * step_in :][: len(audio.samples)] = audio.fractions()
    spectrum = np.fft.rfft(padded)
    frequencies = hertz(len(padded), audio.rate)
    limit = min(audio.rate, rate) / 2
    # Not at a sharp edge, which would ring: the last 8 percent fall off smoothly.
    spectrum *= _falling(frequencies, limit * 0.92, limit)
    made = np.fft.irfft(_fitted(spectrum, whole * step_out // 2 + 1), whole * step_out) * (step_out / step_in)
    wanted = math.ceil(len(audio.samples) * step_out / step_in)
    return audio_of(made[margin * step_out :][:wanted], rate)


def telephone_band(audio: Audio) -> Audio:
    """Return the sound as a caller hears it: 8 kHz, 300-3400 Hz, through mu-law."""
    near = resample(audio, RATE)
    heard = audio_of(shaped(near.fractions(), RATE, band), RATE)
    return Audio(mulaw_samples(mulaw_bytes(heard.samples)), RATE)


@functools.lru_cache(maxsize=8)
def band(size: int, rate: int) -> Fractions:
    """Return the response of a telephone line, for `shaped`."""
    frequencies = hertz(size, rate)
    rising = 1 - _falling(frequencies, LOW * 0.7, LOW)
    falling: Fractions = rising * _falling(frequencies, HIGH, HIGH * 1.1)
    return falling


def shaped(fractions: Fractions, rate: int, response: Response) -> Fractions:
    """Return the sound with every frequency multiplied by the response; its length is unchanged."""
    padding = math.ceil(_PADDING * rate)
    size = _quick(len(fractions) + 2 * padding)
    padded = np.zeros(size)
    padded[padding : padding + len(fractions)] = fractions
    made: Fractions = np.fft.irfft(np.fft.rfft(padded) * response(size, rate), size)
    return made[padding : padding + len(fractions)]


def hertz(size: int, rate: int) -> Fractions:
    """Return the frequencies in Hz of the spectrum of `size` samples."""
    frequencies: Fractions = np.fft.rfftfreq(size, 1 / rate).astype(np.float64)
    return frequencies


def _quick(size: int) -> int:
    """Return the next size with a fast Fourier transform; few sizes, so that responses can be cached."""
    unit = 1 << max(0, size.bit_length() - 4)
    return math.ceil(size / unit) * unit


def _falling(frequencies: Fractions, start: float, end: float) -> Fractions:
    """Return 1 below `start`, 0 above `end`, and half a cosine in between."""
    place = np.clip((frequencies - start) / (end - start), 0, 1)
    return 0.5 + 0.5 * np.cos(np.pi * place)


def _fitted(spectrum: NDArray[np.complex128], size: int) -> NDArray[np.complex128]:
    if size <= len(spectrum):
        return spectrum[:size]
    return np.pad(spectrum, (0, size - len(spectrum)))
