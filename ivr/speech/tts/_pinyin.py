"""The syllables of Mandarin in pinyin: initials and finals, with v for ü and the tone as a digit."""

from __future__ import annotations

# ruff: noqa: SIM905 - tables of sounds to read
import re

INITIALS = tuple("zh ch sh b p m f d t n l g k h j q x r z c s".split())
_FINALS = frozenset(
    "a o e ai ei ao ou an en ang eng ong er i ia ie iao iu ian in iang ing iong u ua uo uai ui uan un uang v ve van vn "
    "ue".split()
)
_ALONE = frozenset(
    "a o e ai ei ao ou an en ang eng er yi ya ye yao you yan yin yang ying yong yo wu wa wo wai wei wan wen wang weng "
    "yu yue yuan yun n ng m ê".split()
)


def initial_and_final(letters: str) -> tuple[str, str]:
    """Return the initial and the final of a syllable; the initial is empty for ai, yi, wu."""
    if letters in _ALONE:
        return "", letters
    initial = next((initial for initial in INITIALS if letters.startswith(initial)), "")
    return initial, letters[len(initial) :]


def is_syllable(reading: str) -> bool:
    """Return whether this is a syllable with its tone, such as hang2 or lv4; 5 is the neutral tone."""
    if not re.fullmatch("[a-zê]+[1-5]", reading):
        return False
    initial, final = initial_and_final(reading[:-1])
    return reading[:-1] in _ALONE or (bool(initial) and final in _FINALS)
