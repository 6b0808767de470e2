"""Texts that staff write on complaints and tasks: checked, and without card and ID numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ivr.errors import IvrError

MOST_TOLD = 200
"""The characters that a caller hears of a note: a minute of speech at most."""
_MOST_WRITTEN = 2000
_MOST_NAME = 40
_LONG_DIGITS = re.compile(r"(?:[0-9零〇一二三四五六七八九幺][\s-]?){12,}[Xx]?")


class StaffError(IvrError):
    """Something that staff asked for is impossible; the error text says why and what to do."""


class NoSuchCase(StaffError):
    """There is no such complaint or task."""


def without_long_numbers(text: str) -> str:
    """Return a text without numbers of twelve digits or more, such as cards and ID numbers."""
    return _LONG_DIGITS.sub("…", text)


def checked_text(text: str, what: str) -> str:
    """Return what staff wrote, on one line. Raises StaffError for no words or too many."""
    words = " ".join(text.split())
    if not words or not words.isprintable():
        raise StaffError(f"{what} needs words, and no control characters")
    if len(words) > _MOST_WRITTEN:
        raise StaffError(f"{what} has {len(words)} characters; the limit is {_MOST_WRITTEN}")
    return without_long_numbers(words)


def told_words(texts: Mapping[str, str]) -> dict[str, str]:
    """Return what a caller is to hear, by language. Raises StaffError for no text, or one that is too long to hear."""
    if not texts:
        raise StaffError("write what the caller is to hear")
    words = {language: checked_text(text, f"the text in {language}") for language, text in texts.items()}
    for language, text in words.items():
        if len(text) > MOST_TOLD:
            raise StaffError(f"the text in {language} has {len(text)} characters; callers hear {MOST_TOLD} at most")
    return words


def staff_name(by: str) -> str:
    """Return the name of the one who works. Raises StaffError where there is none."""
    name = by.strip()
    if not name or not name.isprintable() or len(name) > _MOST_NAME:
        raise StaffError(f"name the one who does it, in at most {_MOST_NAME} characters")
    return name


def new_owner(owner: str, by: str, *, hand_over: bool) -> str:
    """Return who owns a case after `by` takes it: the first stays its owner. Raises StaffError unless handed over."""
    if owner and owner != by and not hand_over:
        raise StaffError(f"{owner} works on it already; hand it over to take it from there")
    return by
