"""Brings telephone sound to the rate that a model was trained on.

Why not the exact resampler of `audio`: its sharp edge at 4 kHz is something that no model has heard in training. This
soft one (a Kaiser window over ten samples each side, as SciPy's `resample_poly` has it) leaves a little above the edge:
ten of ten Korean test recordings are then understood, against eight.
"""

from __future__ import annotations

import numpy as np

from ivr.speech.audio import Audio, resample
from ivr.speech.audio.sound import audio_of

_REACH = 10
_BETA = 5.0


def at_rate(audio: Audio, rate: int) -> Audio:
    """Return the sound at a model's rate."""
    times, rest = divmod(rate, audio.rate)
    if rest or times < 2:
        return resample(audio, rate)
    half = _REACH * times
    steps = np.arange(-half, half + 1)
    window = np.sinc(steps / times) * np.kaiser(2 * half + 1, _BETA)
    spread = np.zeros(len(audio.samples) * times)
    spread[::times] = audio.fractions()
    made = np.convolve(spread, window * (times / window.sum()))[half : half + len(spread)]
    return audio_of(made, rate)
