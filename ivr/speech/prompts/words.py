"""Prompt texts as words: numbers spelt out, sentences apart, and a fold under which equal words are equal. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from ivr.speech.verbalize import Reader

_NUMBER = re.compile(r"(?P<number>\d+(?:\.\d+)?)(?P<percent>\s*[%％])?")
_SPAN = re.compile(r"(?<![\d-])(\d{1,2})\s?[-–~～]\s?(\d{1,2})(?![\d-])")
_TO = {"zh": "到", "en": " to "}
_LETTERS = re.compile(r"(?<![A-Za-z])[A-Z]{1,5}(?![A-Za-z])")
_SENTENCE = re.compile(r"(?:[^。！？.!?]|[.!?](?!\s|$))*(?:[。！？]+|[.!?]+|$)\s*")
_LONGEST_CARDINAL = 4
"""Digits of a number that is said as a whole; longer ones, such as 95588, are names and said digit by digit."""
_read = Reader()


@lru_cache(maxsize=4096)
def in_words(text: str, language: str) -> str:
    """Return the text as it is to be heard: 请按1 is 请按一. Texts of a language that nobody speaks here stay."""
    family = language.split("-")[0]
    text = _SPAN.sub(rf"\1{_TO[family]}\2", text) if family in _TO else text
    text = _NUMBER.sub(lambda found: _number(found, language), text)
    return (
        _LETTERS.sub(lambda found: _spelt(found.group(), "code", language) or found.group(), text)
        if family == "zh"
        else text
    )


def _number(found: re.Match[str], language: str) -> str:
    number = unicodedata.normalize("NFKC", found["number"])
    kind = "percent" if found["percent"] else "number"
    if number.isdecimal() and (len(number) > _LONGEST_CARDINAL or (number[0] == "0" and len(number) > 1)):
        kind = "digits"
    return _spelt(number, kind, language) or found.group()


def _spelt(value: str, kind: str, language: str) -> str:
    try:
        return _read(value, kind, "", language)
    except ValueError:
        return ""


@lru_cache(maxsize=4096)
def folded(text: str, language: str) -> str:
    """Return what two texts have in common when a listener hears no difference: their words, without punctuation."""
    spoken = unicodedata.normalize("NFKC", in_words(text, language)).casefold()
    return "".join(sign for sign in spoken if sign.isalnum())


def sentences(text: str) -> Iterator[str]:
    """Cut a text behind its full stops, question and exclamation marks. Joined again they are the text."""
    return (found for found in _SENTENCE.findall(text) if found)
