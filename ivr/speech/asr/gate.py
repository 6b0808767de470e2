"""Reject sound without speech, in which a recogniser would invent words. Takes a few milliseconds.

The thresholds were set on 70 spoken answers (clean, at 10 dB above noise, slow and at -28 dB peak, through mu-law),
with a margin on both sides that a test checks.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ivr.speech.audio import RATE, Audio, resample
from ivr.speech.dtmf import decode

from . import Nothing, Reason

_QUIETEST = -47.0
"""Minimum dB of full scale of the loudest fifth of a second; the quietest answers have -39, line noise -51."""
LEAST_RANGE = 6.0
"""Minimum dB between loud and quiet frames; speech at 10 dB above noise has 14, steady noise 1.5."""
_SHORTEST = 0.15
"""Minimum seconds of sound above the background; the shortest word (八) has 0.22."""
FLATTEST = -4.2
"""Maximum dB of spectral flatness; white noise has -2.5 and the noisiest speech -5.7 (an s)."""
LONGEST_NOTE, MOST_NOTES = 0.3, 0.6
"""Maximum seconds of one held pitch, and maximum share of notes in loud sound; speech has at most 0.18 and 0.47."""

_FRAME, _WINDOW = 160, 512
_LOUDEST = 10
_LOW, _HIGH = 300 * _WINDOW // RATE, 3400 * _WINDOW // RATE
_HELD = 6
"""Minimum frames of 20 ms of one pitch that count as a note."""
_TINY = 1e-10

_Floats = NDArray[np.float64]


def refused(audio: Audio) -> Nothing | None:
    """Return why the sound cannot be speech, or None if it may be."""
    reason = _reason(audio)
    return Nothing(reason) if reason else None


def _reason(audio: Audio) -> Reason | None:
    near = resample(audio, RATE)
    if len(near.samples) < _FRAME * _LOUDEST:
        return "silence"
    sound = _Sound.of(near)
    if sound.loudest < _QUIETEST:
        return "silence"
    # Before music: a tone of a key is one held pitch, too.
    if decode(near):
        return "keys"
    # Both: a stretched vowel such as 嗯 is one long note, but the rest of the answer is none.
    if sound.longest_note >= LONGEST_NOTE and sound.in_notes > MOST_NOTES:
        return "music"
    if sound.range < LEAST_RANGE or sound.seconds < _SHORTEST or sound.flatness > FLATTEST:
        return "noise"
    return None


@dataclass(frozen=True)
class _Sound:
    """The measurements of a recording. Levels are in dB of full scale."""

    loudest: float
    range: float
    seconds: float
    flatness: float
    longest_note: float
    in_notes: float

    @classmethod
    def of(cls, audio: Audio) -> _Sound:
        whole = audio.fractions()
        count = len(whole) // _FRAME
        powers: _Floats = (whole[: count * _FRAME].reshape(count, _FRAME) ** 2).mean(axis=1) + _TINY
        levels = 10 * np.log10(powers)
        loudest = float(10 * np.log10(np.sort(powers)[-_LOUDEST:].mean()))
        # Not the quietest frame, which may be a gap of digital silence that the carrier put in.
        background = float(np.percentile(levels, 10))
        spectra = _spectra(whole, count)
        above = levels > max(background + LEAST_RANGE, _QUIETEST - 3)
        flatness = float(np.median(_flatness(spectra[above]))) if above.any() else -math.inf
        longest, share = _notes(spectra.argmax(axis=1), levels > loudest - 20)
        seconds = int(above.sum()) * _FRAME / RATE
        return cls(loudest, loudest - background, seconds, flatness, longest, share)


def _spectra(whole: _Floats, count: int) -> _Floats:
    padded = np.pad(whole, (0, _WINDOW))
    windows = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::_FRAME][:count] * np.hanning(_WINDOW)
    powers: _Floats = np.abs(np.fft.rfft(windows))[:, _LOW:_HIGH] ** 2 + _TINY
    return powers


def _flatness(spectra: _Floats) -> _Floats:
    """Return the flatness of each spectrum in dB; 0 if all frequencies are equally strong."""
    flat: _Floats = 10 * (np.log10(spectra).mean(axis=1) - np.log10(spectra.mean(axis=1)))
    return flat


def _notes(peaks: NDArray[np.intp], loud: NDArray[np.bool_]) -> tuple[float, float]:
    """Return the seconds of the longest note, and the share of loud frames that belong to notes."""
    longest = held = run = 0
    for place in range(1, len(peaks) + 1):
        if place < len(peaks) and loud[place] and peaks[place] == peaks[place - 1]:
            run += 1
            continue
        longest = max(longest, run)
        held += run if run >= _HELD else 0
        run = 0
    return longest * _FRAME / RATE, held / max(1, int(loud.sum()))
