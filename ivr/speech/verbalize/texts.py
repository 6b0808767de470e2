"""Read a sentence with figures aloud: the frame that the readers of texts of all languages share.

A reader is a list of patterns in order; at each place the first one that matches speaks. A figure that can be read in
two ways is read in the likelier one, and reported.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from . import values
from .language import ReadText, SpokenLanguage, UnclearNumber, Unreadable

_WIDE = str.maketrans("０１２３４５６７８９％＋．－￥＄", "0123456789%+.-¥$")
_WIDE_COLON = re.compile(r"(?<=\d)：(?=\d\d(?!\d))")
CURE = "Write it in words, or as a value with a kind, such as {call.number|phone}"
SpeakerT = TypeVar("SpeakerT", bound=SpokenLanguage)


@dataclass(frozen=True)
class Unclear:
    """The likelier words of a figure that has several readings; the cure is a sentence for the editor."""

    words: str
    cure: str


Said = str | Unclear | None
"""The words of a match, or None if the pattern does not apply here after all."""
TextPattern = tuple[re.Pattern[str], Callable[[re.Match[str]], Said]]


def read_figures(text: str, patterns: Sequence[TextPattern], fold: Callable[[str], str] = str) -> ReadText:
    """Put the figures of a text into words. `fold` replaces single characters before patterns are tried."""
    # Folding keeps the number of characters, so that places in `plain` are places in `text`.
    plain = fold(text)
    plain = _WIDE_COLON.sub(":", plain.translate(_WIDE)) if any(sign.isdigit() for sign in plain) else plain
    said: list[str] = []
    unclear: list[UnclearNumber] = []
    place = 0
    while place < len(plain):
        for pattern, speak in patterns:
            match = pattern.match(plain, place)
            words = _words(match, speak) if match else None
            if match is None or words is None:
                continue
            if isinstance(words, Unclear):
                unclear.append(UnclearNumber(match[0].strip(), words.words, words.cure))
                words = words.words
            said.append(words)
            place = match.end()
            break
        else:
            # The text's own character, not the folded one: a full-width sign stays what the editor wrote.
            said.append(text[place])
            place += 1
    return ReadText("".join(said), tuple(unclear))


def _words(match: re.Match[str], speak: Callable[[re.Match[str]], Said]) -> Said:
    try:
        return speak(match)
    # 2026-13-45 looks like a date and is none; the next pattern reads it in another way.
    except (Unreadable, ValueError):
        return None


def text_before(match: re.Match[str]) -> str:
    """Return the text before a match."""
    return match.string[: match.start()]


def text_behind(match: re.Match[str]) -> str:
    """Return the text behind a match."""
    return match.string[match.end() :]


class FigureReader(Generic[SpeakerT]):
    """Reads the matches that are read alike in all languages; `spelled_after` matches the words before a name."""

    spelled_after: re.Pattern[str]

    def __init__(self, speaker: SpeakerT) -> None:
        self._speaker = speaker

    def date(self, match: re.Match[str]) -> Said:
        """Read 2026-11-23."""
        year, month, day = (int(part) for part in re.split(r"[-/.]", match[0]))
        return self._speaker.date(date(year, month, day), year=True, weekday=False)

    def phone(self, match: re.Match[str]) -> Said:
        """Read a telephone number."""
        return self._speaker.spell(values.phone_value(match[0]))

    def groups(self, match: re.Match[str]) -> Said:
        """Read 95-5580 as a number in groups, if it is long enough for one."""
        groups = match[0].split("-")
        named = self.spelled_after.search(text_before(match)) is not None
        return self._speaker.spell(groups) if named or sum(map(len, groups)) > 6 else None

    def ambiguous(self, match: re.Match[str]) -> Said:
        """Read 3/5 digit by digit, and report it."""
        words = self._speaker.spell([part for part in re.split(r"\D", match[0]) if part])
        return Unclear(words, f"{CURE} or {{x|date}}: it may be a date, a range, a ratio or a number")
