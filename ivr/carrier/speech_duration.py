"""Estimate the duration of a spoken text from its length. Must not render anything."""

from __future__ import annotations

import re

ZH_CHARACTERS_PER_SECOND = 220 / 60
EN_WORDS_PER_SECOND = 160 / 60
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_WORD = re.compile(r"[A-Za-z]+(?:['’-][A-Za-z]+)*|\d")


def speech_seconds(text: str, rate: float = 1.0) -> float:
    """Return the estimated seconds; a digit counts as one Chinese character or one English word."""
    han = len(_HAN.findall(text))
    words = len(_WORD.findall(text))
    words_last = words / (ZH_CHARACTERS_PER_SECOND if han else EN_WORDS_PER_SECOND)
    return (han / ZH_CHARACTERS_PER_SECOND + words_last) / rate
