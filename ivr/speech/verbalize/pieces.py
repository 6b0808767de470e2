"""How words become sound: what is said in one go, what digit by digit, and how long to be silent behind each piece.

The engine hands voices plain words. The groups of a string of digits are recovered from them by the marks that `spell`
puts between groups: a blank in Mandarin, where no other blank is ever said, a comma and a blank in English. So a text
needs no marks of its own, and a person's typed sentence ("one three eight, zero zero one three") is paced as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from .language import speaker_of

GROUP_PAUSE_MS = 300
"""Between two groups of digits at the normal rate; at the elderly profile's 0.75 it is 400 (AVAYA, ACIXD guides)."""
LONGEST_PAUSE_MS = 500
CLAUSE_PAUSE_MS, SENTENCE_PAUSE_MS, JOINT_MS = 300, 500, 120
"""At a comma, at a stop, and where words and digits follow each other without either."""
DIGITS_PER_MINUTE = 160
"""At the normal rate; at 0.75 it is 120, half a second a digit, which people can write down with."""

_STOPS = "。；！？;!?."
_COMMAS = "，、：,:"
_EDGE = re.compile(rf"\s*([{_STOPS}{_COMMAS}]*)\s*")


@dataclass(frozen=True)
class SpokenPiece:
    """What a voice says in one go. A voice speaks "digits" no faster than DIGITS_PER_MINUTE times the rate."""

    text: str
    kind: Literal["words", "digits"]
    pause_after_ms: int = 0


def groups_of(text: str, language: str, *, rate: float = 1.0, yao: bool = True) -> tuple[SpokenPiece, ...]:
    """Cut a sentence into pieces to speak, Arabic digits put into words first. The last piece has no pause behind it.

    Stops and commas beside a string of digits become its pauses; those inside words are left to the voice. Raises
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
    """Return the milliseconds between two groups of digits at a share of the normal rate."""
    return min(LONGEST_PAUSE_MS, max(GROUP_PAUSE_MS, round(GROUP_PAUSE_MS / rate)))
