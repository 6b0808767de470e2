"""Tone sandhi of Mandarin: 一, 不, and successive third tones."""

from __future__ import annotations

from collections.abc import Sequence

Marked = tuple[str, tuple[int, ...], bool]
"""A word as written, its dictionary tones, and whether it is a digit of a string."""

_COUNTS_NOTHING = "十月日号"
"""一 before one of these is an ordinal, and keeps its tone."""
_ORDERS = "第十期周点"


def with_sandhi(words: Sequence[Marked]) -> list[tuple[int, ...]]:
    """Return the spoken tones of words that follow each other without a pause."""
    changed = [list(tones) for _, tones, _ in words]
    places = [(w, s) for w, (_, tones, _) in enumerate(words) for s in range(len(tones))]
    signs = [words[w][0][s] for w, s in places]
    for number, (w, s) in enumerate(places):
        # Digits of a string keep their tones: 一三八 is dictated, not spoken as a number.
        if words[w][2] or signs[number] not in "一不":
            continue
        after = places[number + 1] if number + 1 < len(places) else None
        following = 0 if after is None or words[after[0]][2] else changed[after[0]][after[1]]
        before = signs[number - 1] if number else ""
        upcoming = signs[number + 1] if after else ""
        lasts = s == len(words[w][1]) - 1 and s > 0
        changed[w][s] = _tone(signs[number], before, upcoming, following, lasts=lasts)
    _third_tones(words, changed)
    return [tuple(tones) for tones in changed]


def _tone(sign: str, before: str, upcoming: str, following: int, *, lasts: bool) -> int:
    if sign == "不":
        return 2 if following == 4 else 4
    if not following or lasts or (before and before in _ORDERS) or upcoming in _COUNTS_NOTHING:
        return 1
    return 2 if following in {4, 5} else 4


def _third_tones(words: Sequence[Marked], changed: list[list[int]]) -> None:
    """Change a third tone before another third one to a second: inside a word, and next to a word of one syllable."""
    for tones in changed:
        for place in range(len(tones) - 1):
            if tones[place] == 3 and tones[place + 1] == 3:
                tones[place] = 2
    for number in range(len(changed) - 1):
        left, right = changed[number], changed[number + 1]
        digits = words[number][2] or words[number + 1][2]
        # Between longer words speakers make a small pause, which keeps the third tone.
        if not digits and left[-1] == 3 and right[0] == 3 and 1 in {len(left), len(right)}:
            left[-1] = 2
