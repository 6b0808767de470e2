"""Normalise texts of prompts: numbers to words, split into sentences, fold for comparison. Must not do I/O."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from ivr.speech.verbalize import speaker_of

_SENTENCE = re.compile(r"(?:[^。！？.!?]|[.!?](?!\s|$))*(?:[。！？]+|[.!?]+|$)\s*")


@lru_cache(maxsize=4096)
def in_words(text: str, language: str) -> str:
    """Return the text with numbers in words: 请按1 is 请按一. Texts of a language without a reader are unchanged."""
    try:
        return speaker_of(language)().in_words(text)
    except ValueError:
        return text


@lru_cache(maxsize=4096)
def folded(text: str, language: str) -> str:
    """Return the words of a text without punctuation: equal for two texts that sound equal."""
    spoken = unicodedata.normalize("NFKC", in_words(text, language)).casefold()
    # Punctuation makes no sound: 您好。 and 您好， share a recording.
    return "".join(sign for sign in spoken if sign.isalnum())


def sentences(text: str) -> Iterator[str]:
    """Split a text after full stops, question and exclamation marks; joined, the parts are the text."""
    return (sentence for sentence in _SENTENCE.findall(text) if sentence)
