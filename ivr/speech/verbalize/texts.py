"""Read a sentence with figures aloud: the frame that the readers of texts of all languages share.

A reader is a list of patterns in order; at each place the first one that matches speaks. A figure that can be read in
two ways is read in the likelier one, and reported.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .language import ReadText, UnclearNumber, Unreadable

_WIDE = str.maketrans("０１２３４５６７８９％＋．－￥＄", "0123456789%+.-¥$")
_WIDE_COLON = re.compile(r"(?<=\d)：(?=\d\d(?!\d))")


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
            said.append(text[place])
            place += 1
    return ReadText("".join(said), tuple(unclear))


def _words(match: re.Match[str], speak: Callable[[re.Match[str]], Said]) -> Said:
    try:
        return speak(match)
    except (Unreadable, ValueError):
        return None


def text_before(match: re.Match[str]) -> str:
    """Return the text before a match."""
    return match.string[: match.start()]


def text_behind(match: re.Match[str]) -> str:
    """Return the text behind a match."""
    return match.string[match.end() :]
