"""Join recorded syllables into speech: tempo, gaps, shortened tones. Must not read text.

The figures maximise how well an independent recogniser distinguishes thirty prompts through a telephone band.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from ivr.errors import VoiceFailed
from ivr.speech.audio import RATE, Audio
from ivr.speech.audio.sound import Fractions, audio_of
from ivr.speech.audio.spectrum import band, shaped
from ivr.speech.audio.tempo import faster
from ivr.speech.units import Units

from ._mandarin import Gap, Syllable, Word

TEMPO = 1.34
"""The tempo of syllables at the standard rate, relative to their recordings."""
SLOWEST, FASTEST = 0.4, 1.6
"""Limits of rates at which syllables are still intelligible."""
_GAPS: dict[Gap, float] = {"group": 0.225, "comma": 0.25, "sentence": 0.40}
_WORD_GAP, _DIGIT_GAP = 0.060, 0.065
"""Seconds at the standard rate; a slower rate lengthens every gap in proportion."""
_GROUP_GROWTH = 2
"""Exponent by which gaps between groups of digits grow: slow listeners write them down (400 ms for the elderly)."""
_CROSSFADE, _EDGE = 0.015, 0.005
_THIRD_TONE_LEFT = 0.68
"""The part of a third tone that is kept before another syllable: its rising end is not spoken there."""
_NEUTRAL_TEMPO, _NEUTRAL_GAIN = 1.5, 0.6
_PRE_EMPHASIS = 0.7
_MOST_CACHED = 3000

SpokenSyllable = Word | Gap | Audio
"""The parts of speech; Audio is rendered by another voice."""


@dataclass(frozen=True)
class _Sound:
    """The parameters of a syllable: unit, tempo, kept part, and gain."""

    unit: str
    tempo: float
    share: float = 1.0
    gain: float = 1.0


class Joiner:
    """Makes speech from the units of one pack, and caches syllables. Thread-safe."""

    def __init__(self, units: Units) -> None:
        self.units = units
        self._made: OrderedDict[_Sound, Fractions] = OrderedDict()
        self._lock = threading.Lock()

    def unspoken(self, pieces: Iterable[object]) -> list[str]:
        """Return the syllables that the pack lacks in every tone."""
        words = [piece for piece in pieces if isinstance(piece, Word)]
        return [str(each) for word in words for each in word.syllables if self._unit(each) is None]

    def speech(self, pieces: Sequence[SpokenSyllable], rate: float, until: float) -> Audio:
        """Return the pieces as 8 kHz sound in the telephone band, with emphasised treble, not levelled.

        `until` is a time of the monotonic clock. Raises VoiceFailed after it.
        """
        line: list[Fractions] = []
        for number, piece in enumerate(pieces):
            if isinstance(piece, str):
                continue
            if time.monotonic() > until:
                raise VoiceFailed("the text was not put together in time")
            if line:
                line.append(np.zeros(round(self._gap(pieces, number, rate) * RATE)))
            if isinstance(piece, Audio):
                line.append(piece.fractions())
            else:
                last = number + 1 == len(pieces) or isinstance(pieces[number + 1], str)
                line.append(self._word(piece, rate, last=last))
        return audio_of(shaped(np.concatenate(line), RATE, band) if line else np.zeros(0), RATE)

    def _gap(self, pieces: Sequence[SpokenSyllable], number: int, rate: float) -> float:
        """Return the silence before a piece, in seconds."""
        between: list[float] = []
        for earlier in reversed(pieces[:number]):
            if not isinstance(earlier, str):
                break
            between.append(_GAPS[earlier] / rate ** (_GROUP_GROWTH if earlier == "group" else 1))
        if between:
            return max(between)
        piece, before = pieces[number], pieces[number - 1]
        digits = isinstance(piece, Word) and isinstance(before, Word) and piece.digit and before.digit
        return (_DIGIT_GAP if digits else _WORD_GAP) / rate

    def _word(self, word: Word, rate: float, *, last: bool) -> Fractions:
        count = len(word.syllables)
        sounds = [
            self._sound(self._plan(each, rate, final=last and number + 1 == count))
            for number, each in enumerate(word.syllables)
        ]
        return _emphasised(_edged(_crossfaded(sounds)))

    def _plan(self, syllable: Syllable, rate: float, *, final: bool) -> _Sound:
        unit, tempo = self._unit(syllable), TEMPO * rate
        if unit is None:
            raise KeyError(str(syllable))
        if syllable.tone == 5:
            return _Sound(unit, min(3.0, tempo * _NEUTRAL_TEMPO), gain=_NEUTRAL_GAIN)
        return _Sound(unit, tempo, share=_THIRD_TONE_LEFT if syllable.tone == 3 and not final else 1.0)

    def _unit(self, syllable: Syllable) -> str | None:
        """Return the unit of a syllable; one of another tone if its own was not recorded."""
        # These syllables were not recorded; the ones instead are the nearest that were.
        letters = {"yo": "you", "n": "en", "m": "mu", "ng": "en", "len": "leng"}.get(syllable.letters, syllable.letters)
        # The fourth tone is first of the others: it is also the one that a neutral tone is made of.
        tones = (syllable.tone, 4, 1, 2, 3)
        return next((name for tone in tones if (name := f"{letters}{tone}") in self.units), None)

    def _sound(self, plan: _Sound) -> Fractions:
        with self._lock:
            if (prepared := self._made.get(plan)) is not None:
                self._made.move_to_end(plan)
                return prepared
        # The sound is made outside of the lock: two callers may make the same syllable, and none waits for another.
        whole = self.units.sound(plan.unit)
        kept = Audio(whole.samples[: round(len(whole.samples) * plan.share)], whole.rate)
        made = faster(kept, plan.tempo).fractions() * plan.gain
        with self._lock:
            self._made[plan] = made
            if len(self._made) > _MOST_CACHED:
                self._made.popitem(last=False)
        return made


def _crossfaded(sounds: list[Fractions]) -> Fractions:
    line = sounds[0]
    for sound in sounds[1:]:
        overlap = min(round(_CROSSFADE * RATE), len(line), len(sound))
        rising = np.linspace(0, 1, overlap)
        mixed = line[len(line) - overlap :] * (1 - rising) + sound[:overlap] * rising
        line = np.concatenate([line[: len(line) - overlap], mixed, sound[overlap:]])
    return line


def _edged(sound: Fractions) -> Fractions:
    length = min(round(_EDGE * RATE), len(sound) // 2)
    rising = np.linspace(0, 1, length)
    return np.concatenate(
        [sound[:length] * rising, sound[length : len(sound) - length], sound[len(sound) - length :] * rising[::-1]]
    )


def _emphasised(sound: Fractions) -> Fractions:
    """Emphasise treble, by which consonants are distinguished: y[n] = x[n] - 0.7 x[n-1]."""
    return np.concatenate([sound[:1], sound[1:] - _PRE_EMPHASIS * sound[:-1]])
