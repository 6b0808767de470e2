"""Change the tempo of speech without its pitch (WSOLA: overlapping frames, each placed where it fits best)."""

from __future__ import annotations

import numpy as np

from .sound import Audio, Fractions, audio_of

_FRAME, _SEARCH = 0.030, 0.008
"""Seconds: a frame holds two periods of a low voice, the search one half."""


def faster(audio: Audio, factor: float) -> Audio:
    """Return the sound `factor` times as fast, at the same pitch. Raises ValueError for a factor outside 0.5 to 3."""
    if not 0.5 <= factor <= 3:
        raise ValueError(f"speech cannot be made {factor:g} times as fast; 0.5 to 3 is possible")
    hop = round(_FRAME * audio.rate / 2)
    if factor == 1 or len(audio.samples) < 4 * hop:
        return audio
    return audio_of(_overlapped(audio.fractions(), hop, round(_SEARCH * audio.rate), factor), audio.rate)


def _overlapped(sound: Fractions, hop: int, reach: int, factor: float) -> Fractions:
    length = round(len(sound) / factor)
    count = length // hop + 1
    padded = np.pad(sound, (reach + hop, reach + 4 * hop))
    window = np.hanning(2 * hop + 1)[:-1]
    made = np.zeros((count + 2) * hop)
    place = reach + hop
    for number in range(count):
        wanted = reach + hop + round((number - 1) * hop * factor)
        if number:
            place = wanted + _best(padded, place + hop, wanted, hop, reach)
        frame = padded[place : place + 2 * hop]
        made[number * hop : number * hop + len(frame)] += frame * window[: len(frame)]
    return made[hop : hop + length]


def _best(sound: Fractions, natural: int, wanted: int, hop: int, reach: int) -> int:
    """Return the offset from `wanted` at which the sound best matches its natural continuation."""
    target = sound[natural : natural + 2 * hop]
    around = sound[wanted - reach : wanted + reach + 2 * hop]
    if len(target) < 2 * hop or len(around) < 2 * hop + 2 * reach:
        return 0
    likeness = np.correlate(around, target, "valid")
    energy = np.convolve(around**2, np.ones(2 * hop), "valid")
    return int(np.argmax(likeness / np.sqrt(energy + 1e-9))) - reach
