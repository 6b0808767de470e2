"""Understands short spoken answers: digits said one by one, small numbers, the words for a menu key.

It takes whole answers only; a sentence that merely holds a number means nothing here.
"""

from __future__ import annotations

import unicodedata

from . import speaker_of

_MOST_TEXT = 200


def spoken_number(text: str, language: str) -> str | None:
    """Return the digits that an answer means, leading zeros kept: 幺三八 is 138, "press one" is 1."""
    keys = spoken_keys(text, language)
    return keys if keys and keys.isdecimal() else None


def spoken_keys(text: str, language: str) -> str | None:
    """Return the keys that an answer means: digits as `spoken_number` does, or one * or # when that key is named.

    In a language that nobody speaks here nothing is understood.
    """
    if len(text) > _MOST_TEXT:
        return None
    try:
        speaker = speaker_of(language)()
    except ValueError:
        return None
    plain = unicodedata.normalize("NFKC", text).casefold()
    return speaker.heard("".join(str(unicodedata.decimal(sign, sign)) for sign in plain))
