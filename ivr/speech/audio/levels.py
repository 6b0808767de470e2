"""Measure and set loudness; trim and insert silence."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from .sound import RATE, Audio, Fractions, audio_of
from .spectrum import hertz, resample, shaped

TARGET = -18.0
"""Target loudness of prompts in LUFS; they measure between -16 and -19."""
CEILING = -1.0
"""Maximum level of a sample in dB of full scale."""
QUIET = -70.0
"""LUFS below which sound is ignored (ITU-R BS.1770); also the value for silence."""

_BLOCK, _HOP = 0.4, 0.1
_FRAME = 0.01
_LIMIT_WINDOW = 0.005


def silence(seconds: float, rate: int = RATE) -> Audio:
    """Return silence of so many seconds."""
    return Audio(np.zeros(max(0, round(seconds * rate)), np.int16), rate)


def joined(pieces: Iterable[Audio]) -> Audio:
    """Concatenate pieces at the rate of the first."""
    parts = list(pieces)
    rate = parts[0].rate if parts else RATE
    samples = [resample(piece, rate).samples for piece in parts]
    return Audio(np.concatenate(samples) if samples else np.zeros(0, np.int16), rate)


def peak(audio: Audio) -> float:
    """Return the largest sample in dB of full scale; minus infinity for silence."""
    most = float(np.abs(audio.fractions()).max(initial=0.0))
    return 20 * math.log10(most) if most else -math.inf


def loudness(audio: Audio) -> float:
    """Return the loudness in LUFS by ITU-R BS.1770, without pauses; silence is -70."""
    powers = _block_powers(audio)
    heard = powers[_lufs(powers) > QUIET]
    if not len(heard):
        return QUIET
    # The two gates of BS.1770: first what is inaudible, then pauses, which are 10 LU below the mean of the rest.
    near = heard[_lufs(heard) > _lufs(heard.mean()) - 10]
    return max(QUIET, float(_lufs(near.mean())))


def levelled(audio: Audio, target: float = TARGET, *, ceiling: float = CEILING) -> Audio:
    """Return the sound at `target` LUFS, with peaks limited to `ceiling` dB. Silence stays silence."""
    level = loudness(audio)
    if level <= QUIET:
        return audio
    fractions, made, gain = audio.fractions(), audio, 0.0
    highest = 10 ** (ceiling / 20)
    # Limiting takes away some of the loudness that was just added; the rounds are bounded, since a sound of peaks
    # alone may never reach the target.
    for _ in range(8):
        if abs(target - level) < 0.1:
            break
        gain += target - level
        louder = fractions * 10 ** (gain / 20)
        made = audio_of(_limited(louder, audio.rate, highest), audio.rate)
        if np.abs(louder).max() <= highest:
            break
        level = loudness(made)  # limiting reduces the loudness a little
    return made


def trimmed(audio: Audio, *, below: float = -36.0, above_noise: float = 9.0, keep: float = 0.02) -> Audio:
    """Return the sound without silence at both ends, except `keep` seconds.

    Silence is `below` dB under the loudest frame, or less than `above_noise` dB above the quietest.
    """
    loud = _loud_frames(audio, below, above_noise, 5)
    return _cut(audio, loud[0], loud[-1] + 1, keep) if len(loud) else Audio(audio.samples[:0], audio.rate)


def core(audio: Audio, *, below: float = -36.0, above_noise: float = 9.0, bridged: float = 0.06) -> Audio:
    """Return the part connected with the loudest moment, across gaps of up to `bridged` seconds.

    Removes clicks and breath around a recording of one syllable, of which silence is a fifth or more.
    """
    loud = _loud_frames(audio, below, above_noise, 20)
    if not len(loud):
        return Audio(audio.samples[:0], audio.rate)
    breaks = np.flatnonzero(np.diff(loud) * _FRAME > bridged + _FRAME) + 1
    pieces = np.split(loud, breaks)
    levels = _frame_levels(audio)
    best = max(pieces, key=lambda piece: float(levels[piece].max()))
    return _cut(audio, best[0], best[-1] + 1, 0)


def _loud_frames(audio: Audio, below: float, above_noise: float, noise_share: int) -> NDArray[np.intp]:
    """Return the indices of frames that are not silence; `noise_share` percent of all count as noise."""
    levels = _frame_levels(audio)
    if not len(levels) or (loudest := float(levels.max())) < QUIET:
        return np.zeros(0, np.intp)
    limit = max(loudest + below, float(np.percentile(levels, noise_share)) + above_noise)
    # A recording that is noisy throughout still has its loudest parts; without this bound nothing would be left of
    # it.
    return np.flatnonzero(levels > min(limit, loudest - 6))


def _frame_levels(audio: Audio) -> Fractions:
    frame = max(1, round(_FRAME * audio.rate))
    count = len(audio.samples) // frame
    blocks = audio.fractions()[: count * frame].reshape(count, frame)
    levels: Fractions = 10 * np.log10((blocks**2).mean(axis=1) + 1e-12)
    return levels


def _cut(audio: Audio, first: int, last: int, keep: float) -> Audio:
    """Return frames `first` to `last`, with `keep` more seconds on both sides."""
    frame, margin = max(1, round(_FRAME * audio.rate)), round(keep * audio.rate)
    return Audio(audio.samples[max(0, first * frame - margin) : last * frame + margin], audio.rate)


def _block_powers(audio: Audio) -> Fractions:
    weighted = shaped(audio.fractions(), audio.rate, _k_weights)
    size, hop = round(_BLOCK * audio.rate), round(_HOP * audio.rate)
    # A prompt of one syllable is shorter than a block, and is measured as a whole.
    if len(weighted) < size:
        return np.array([np.mean(weighted**2)] if len(weighted) else [])
    windows = np.lib.stride_tricks.sliding_window_view(weighted, size)[::hop]
    powers: Fractions = (windows**2).mean(axis=1)
    return powers


@functools.lru_cache(maxsize=8)
def _k_weights(size: int, rate: int) -> Fractions:
    """Return BS.1770's weighting: a shelf of 4 dB from about 1.7 kHz, and little below 40 Hz."""
    frequencies = hertz(size, rate)
    shelf = _high_shelf(frequencies, rate, 1681.97, 3.99984, 0.70718)
    passed: Fractions = shelf * _high_pass(frequencies, rate, 38.1355, 0.500327)
    return passed


def _high_shelf(frequencies: Fractions, rate: int, centre: float, gain: float, quality: float) -> Fractions:
    tangent = math.tan(math.pi * centre / rate)
    high = 10 ** (gain / 20)
    middle = high**0.499667
    whole = 1 + tangent / quality + tangent**2
    above = (high + middle * tangent / quality + tangent**2, 2 * (tangent**2 - high))
    last = high - middle * tangent / quality + tangent**2
    below = (whole, 2 * (tangent**2 - 1), 1 - tangent / quality + tangent**2)
    return _response(frequencies, rate, (*above, last), below)


def _high_pass(frequencies: Fractions, rate: int, corner: float, quality: float) -> Fractions:
    tangent = math.tan(math.pi * corner / rate)
    whole = 1 + tangent / quality + tangent**2
    below = (1.0, 2 * (tangent**2 - 1) / whole, (1 - tangent / quality + tangent**2) / whole)
    return _response(frequencies, rate, (1.0, -2.0, 1.0), below)


def _response(
    frequencies: Fractions, rate: int, above: tuple[float, float, float], below: tuple[float, float, float]
) -> Fractions:
    turn = np.exp(-2j * np.pi * frequencies / rate)
    size: Fractions = np.abs(np.polyval(above[::-1], turn) / np.polyval(below[::-1], turn))
    return size


def _lufs(power: Fractions | float) -> Fractions:
    level: Fractions = -0.691 + 10 * np.log10(np.maximum(power, 1e-12))
    return level


def _limited(fractions: Fractions, rate: int, ceiling: float) -> Fractions:
    """Limit peaks smoothly: the gain falls within 5 ms before a peak and recovers within 5 ms after it."""
    over = np.abs(fractions)
    if not len(over) or over.max() <= ceiling:
        return fractions
    reach = max(1, round(_LIMIT_WINDOW * rate))
    wanted = np.pad(np.minimum(1.0, ceiling / np.maximum(over, 1e-9)), 2 * reach, constant_values=1.0)
    window = np.hanning(2 * reach + 3)[1:-1]
    gain = np.convolve(_lowest(wanted, 2 * reach + 1), window / window.sum(), "valid")
    return np.minimum(fractions * gain, ceiling).clip(-ceiling)


def _lowest(values: Fractions, width: int) -> Fractions:
    """Return the sliding minimum over `width` values, computed by doubling: minima of 2, 4, 8 ..."""
    reached, least = 1, values
    while reached < width:
        step = min(reached, width - reached)
        least = np.minimum(least[:-step], least[step:])
        reached += step
    return least
