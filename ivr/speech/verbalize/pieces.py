"""Split spoken text into pieces: what is spoken at once, what digit by digit, and the pause after each.

The engine passes plain words to voices. The groups of a string of digits are recovered from the separators of `spell`:
a blank in Mandarin, where no other blank occurs, a comma and a blank in English. So a text needs no markup, and a
sentence typed by an editor ("one three eight, zero zero one three") is paced as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from .language import speaker_of

GROUP_PAUSE_MS = 300
"""Milliseconds between groups of digits at the normal rate; 400 at the elderly profile's 0.75 (AVAYA, ACIXD guides)."""
LONGEST_PAUSE_MS = 500
CLAUSE_PAUSE_MS, SENTENCE_PAUSE_MS, JOINT_MS = 300, 500, 120
"""Milliseconds at a comma, at a full stop, and between words and digits without punctuation."""
DIGITS_PER_MINUTE = 160
"""Digits per minute at the normal rate; 120 at 0.75, half a second per digit, at which people can write along."""

_STOPS = "。；！？;!?."
_COMMAS = "，、：,:"
_EDGE = re.compile(rf"\s*([{_STOPS}{_COMMAS}]*)\s*")


@dataclass(frozen=True)
class SpokenPiece:
    """A part that a voice speaks without a pause; "digits" at most at DIGITS_PER_MINUTE times the rate."""

    text: str
    kind: Literal["words", "digits"]
    pause_after_ms: int = 0


def groups_of(text: str, language: str, *, rate: float = 1.0, yao: bool = True) -> tuple[SpokenPiece, ...]:
    """Split a sentence into pieces, with Arabic digits in words. The last piece has no pause after it.

    Full stops and commas beside a string of digits become its pauses; those inside words are left to the voice. Raises
    ValueError for a language without a reader.
    """
    speaker = speaker_of(language)
    words = speaker(yao).in_words(text)
    pieces = list(_pieces(words, speaker.strings, speaker.between, rate))
    if pieces:
        pieces[-1] = SpokenPiece(pieces[-1].text, pieces[-1].kind)
    return tuple(pieces)


def _pieces(words: str, strings: re.Pattern[str], between: str, rate: float) -> Iterator[SpokenPiece]:
    done = 0
    for match in strings.finditer(words):
        yield from _plain(words[done : match.start()], rate)
        behind = _EDGE.match(words, match.end())
        done = behind.end() if behind else match.end()
        groups = match[0].split(between)
        for group in groups[:-1]:
            yield SpokenPiece(group, "digits", group_pause(rate))
        yield SpokenPiece(groups[-1], "digits", _pause_at(behind[1] if behind else "", rate))
    yield from _plain(words[done:], rate)


def _plain(words: str, rate: float) -> Iterator[SpokenPiece]:
    text = words.strip()
    if text.strip(_STOPS + _COMMAS):
        yield SpokenPiece(text, "words", _pause_at(text[-1:], rate))


def _pause_at(signs: str, rate: float) -> int:
    if any(sign in _STOPS for sign in signs):
        return round(SENTENCE_PAUSE_MS / rate)
    return round((CLAUSE_PAUSE_MS if signs.strip() and signs[0] in _COMMAS else JOINT_MS) / rate)


def group_pause(rate: float) -> int:
    """Return the milliseconds between two groups of digits at a rate."""
    return min(LONGEST_PAUSE_MS, max(GROUP_PAUSE_MS, round(GROUP_PAUSE_MS / rate)))
