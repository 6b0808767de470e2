"""Compare two units of speech: Chinese characters by their sound, words by stem and spelling.

The readings are pypinyin's; it is imported on first use, and readings are cached.
"""

from __future__ import annotations

import re
from functools import lru_cache

SAME, NEAR = 0.97, 0.7
"""Similarity of two characters with a common sound, and with sounds that dialects or telephones confuse."""
STEM, MISSPELT = 0.96, 0.8
_MIXED = (("^zh", "z"), ("^ch", "c"), ("^sh", "s"), ("^n", "l"), ("^r", "l"), ("^h(?=u)", "f"), ("ng$", "n"))
"""Sounds that are alike in southern Mandarin and on an 8 kHz line: z and zh, n, r and l, f and hu, -n and -ng."""
_ALSO = {
    "行": "hang",
    "还": "huan",
    "重": "chong",
    "长": "zhang",
    "地": "di",
    "的": "di",
    "了": "liao",
    "得": "dei",
    "都": "du",
}
_ALSO |= {
    "会": "kuai",
    "调": "diao",
    "单": "shan",
    "率": "shuai",
    "便": "pian",
    "差": "chai",
    "降": "xiang",
    "藏": "zang",
}
"""Second readings that are common in calls to a bank; pypinyin returns the first."""


@lru_cache(maxsize=8192)
def alike(unit: str, other: str) -> float:
    """Return the similarity of two units, from 0 (none) to 1 (equal)."""
    if unit == other:
        return 1.0
    if is_word(unit) != is_word(other):
        return 0.0
    return _words_alike(unit, other) if is_word(unit) else _characters_alike(unit, other)


def is_word(unit: str) -> bool:
    """Return whether a unit is a word, of any script, rather than a Chinese character."""
    return not _is_character(unit[0])


def _is_character(sign: str) -> bool:
    return "㐀" <= sign <= "鿿"


def _characters_alike(unit: str, other: str) -> float:
    left, right = readings(unit), readings(other)
    if left & right:
        return SAME
    return NEAR if frozenset(map(_rough, left)) & frozenset(map(_rough, right)) else 0.0


@lru_cache(maxsize=8192)
def readings(character: str) -> frozenset[str]:
    """Return the usual readings of a character, without tones; the character itself if it has none.

    Obsolete readings of dictionaries are omitted: by those, 卡不 would match 客服.
    """
    # Imported here: its dictionaries take up to half a second to load, which `load_sounds` does before the first
    # call.
    from pypinyin import lazy_pinyin

    return frozenset((*lazy_pinyin(character), *_ALSO.get(character, "").split()))


def load_sounds(text: str) -> None:
    """Load the table of sounds and the readings of a text's characters, before a caller waits for them."""
    for character in filter(_is_character, text):
        readings(character)


@lru_cache(maxsize=2048)
def _rough(sound: str) -> str:
    for mixed, plain in _MIXED:
        sound = re.sub(mixed, plain, sound)
    return sound


def _words_alike(unit: str, other: str) -> float:
    if _stem(unit) == _stem(other):
        return STEM
    short, long = sorted((unit, other), key=len)
    # Only long words: in short ones a letter makes another word, as "card" and "cord".
    return MISSPELT if len(short) > 5 and unit[0] == other[0] and _one_slip(short, long) else 0.0


def _stem(word: str) -> str:
    word = re.sub("(?<=..)ies$", "y", word)
    word = re.sub("(?<=[sxz])es$|(?<=[cs]h)es$|(?<=[^s]{3})s$", "", word)
    return re.sub("(?<=...)(?:ing|ed)$", "", word) if len(word) > 5 else word


def _one_slip(short: str, long: str) -> bool:
    """Return whether one letter is missing, added, replaced or swapped."""
    if len(long) - len(short) > 1:
        return False
    at = next((place for place, letter in enumerate(short) if letter != long[place]), len(short))
    if len(long) > len(short):
        return short[at:] == long[at + 1 :]
    swapped = short[:at] + short[at : at + 2][::-1] + short[at + 2 :]
    return short[at + 1 :] == long[at + 1 :] or swapped == long
