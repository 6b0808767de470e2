"""Normalise texts of prompts: numbers to words, split into sentences, fold for comparison. Must not do I/O."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from ivr.speech.verbalize import Reader, SpokenLanguage, speaker_of

_NUMBER = re.compile(r"(?P<number>\d+(?:\.\d+)?)(?P<percent>\s*[%％])?")
_SPAN = re.compile(r"(?<![\d-])(\d{1,2})\s?[-–~～]\s?(\d{1,2})(?![\d-])")
_LETTERS = re.compile(r"(?<![A-Za-z])[A-Z]{1,5}(?![A-Za-z])")
_SENTENCE = re.compile(r"(?:[^。！？.!?]|[.!?](?!\s|$))*(?:[。！？]+|[.!?]+|$)\s*")
_LONGEST_CARDINAL = 4
"""Maximum digits of a cardinal; longer numbers, such as 95588, are names and said digit by digit."""
_read = Reader()


@lru_cache(maxsize=4096)
def in_words(text: str, language: str) -> str:
    """Return the text with numbers in words: 请按1 is 请按一. Texts of a language without a reader are unchanged."""
    speaker = _speaker(language)
    if speaker is None:
        return text
    text = _SPAN.sub(lambda match: speaker.script(speaker.range(match[1], match[2])), text)
    text = _NUMBER.sub(lambda match: _number(match, language), text)
    if not speaker.spells_letters:
        return text
    return _LETTERS.sub(lambda match: _spelt(match.group(), "code", language) or match.group(), text)


def _speaker(language: str) -> SpokenLanguage | None:
    try:
        return speaker_of(language)()
    except ValueError:
        return None


def _number(match: re.Match[str], language: str) -> str:
    number = unicodedata.normalize("NFKC", match["number"])
    kind = "percent" if match["percent"] else "number"
    if number.isdecimal() and (len(number) > _LONGEST_CARDINAL or (number[0] == "0" and len(number) > 1)):
        kind = "digits"
    return _spelt(number, kind, language) or match.group()


def _spelt(value: str, kind: str, language: str) -> str:
    try:
        return _read(value, kind, "", language)
    except ValueError:
        return ""


@lru_cache(maxsize=4096)
def folded(text: str, language: str) -> str:
    """Return the words of a text without punctuation: equal for two texts that sound equal."""
    spoken = unicodedata.normalize("NFKC", in_words(text, language)).casefold()
    return "".join(sign for sign in spoken if sign.isalnum())


def sentences(text: str) -> Iterator[str]:
    """Split a text after full stops, question and exclamation marks; joined, the parts are the text."""
    return (sentence for sentence in _SENTENCE.findall(text) if sentence)
