"""Resample telephone sound to the rate that a model was trained on.

Models have not been trained on the sharp edge at 4 kHz of the exact resampler in `audio`. This one (a Kaiser window
over ten samples on each side, as in SciPy's `resample_poly`) leaves a little above the edge: ten of ten Korean test
recordings were recognised, instead of eight.
"""

from __future__ import annotations

import numpy as np

from ivr.speech.audio import Audio, resample
from ivr.speech.audio.sound import audio_of

_REACH = 10
_BETA = 5.0


def at_rate(audio: Audio, rate: int) -> Audio:
    """Return the sound resampled to `rate` Hz."""
    times, rest = divmod(rate, audio.rate)
    if rest or times < 2 or not len(audio.samples):
        return resample(audio, rate)
    half = _REACH * times
    steps = np.arange(-half, half + 1)
    window = np.sinc(steps / times) * np.kaiser(2 * half + 1, _BETA)
    spread = np.zeros(len(audio.samples) * times)
    spread[::times] = audio.fractions()
    made = np.convolve(spread, window * (times / window.sum()))[half : half + len(spread)]
    return audio_of(made, rate)
