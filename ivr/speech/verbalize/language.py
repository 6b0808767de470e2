"""What a reader of values must be able to say, and which one a language has. It holds no words.

The row of a language names its reader, a module of this folder whose `language` is a `SpokenLanguage` class.
"""

from __future__ import annotations

import importlib
import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType
from typing import ClassVar

from ivr.speech.languages import LANGUAGES, language_row

CURRENCY_PLACES = MappingProxyType(
    dict.fromkeys(("CNY", "USD", "HKD", "EUR", "GBP", "AUD", "CAD", "SGD", "CHF", "MOP", "TWD", "NZD", "THB"), 2)
    | {"JPY": 0, "KRW": 0}
)
"""The currencies that every language names, and how many decimals each has (ISO 4217)."""


class Unreadable(ValueError):
    """A value cannot be read aloud. The text says what the kind takes and never holds the value."""


@dataclass(frozen=True)
class SpokenLanguage(ABC):
    """Puts checked values into the words of one language. `yao` lets Mandarin say 幺 for 1 in strings of digits."""

    yao: bool = True

    strings: ClassVar[re.Pattern[str]]
    """Finds in a sentence what `spell` says."""
    between: ClassVar[str]
    """What `spell` puts between two groups."""
    cannot_read: ClassVar[Mapping[str, str]] = MappingProxyType({})
    """The kinds of values that cannot be read aloud in this language, each with the reason."""
    spells_letters: ClassVar[bool] = False
    """Whether capitals in a text are spelt in this language's own sounds, for a voice that knows no Latin letters."""

    def script(self, words: str) -> str:
        """Write words as the language is written."""
        return words

    @abstractmethod
    def amount(self, value: Decimal, currency: str, *, mixed: bool = False) -> str:
        """Say money. `currency` is a key of CURRENCY_PLACES and `value` has no more decimals than that says.

        `mixed` tells that other currencies are spoken of beside it.
        """

    @abstractmethod
    def number(self, value: Decimal) -> str:
        """Say a cardinal number with its decimals as they stand."""

    @abstractmethod
    def percent(self, value: Decimal) -> str:
        """Say a percentage; 2.1 is two point one percent."""

    @abstractmethod
    def ordinal(self, value: int) -> str:
        """Say a place in an order, from 1."""

    @abstractmethod
    def count(self, value: int, unit: str) -> str:
        """Say how many of something; `unit` is a measure word or a noun."""

    @abstractmethod
    def unit_fault(self, unit: str) -> str:
        """Say what is wrong with a measure word or noun for `count`, or return an empty text."""

    @abstractmethod
    def spell(self, groups: Sequence[str]) -> str:
        """Say characters one by one, with a short pause between groups. They are 0-9, A-Z and a leading +."""

    @abstractmethod
    def date(self, value: date, *, year: bool, weekday: bool, spoken: bool = False) -> str:
        """Say a day of the calendar, as one writes it or (`spoken`) as one talks."""

    @abstractmethod
    def time(self, value: time, *, clock24: bool) -> str:
        """Say a time of day to the minute."""

    @abstractmethod
    def datetime(self, day: str, clock: str) -> str:
        """Join a spoken day and a spoken time."""

    @abstractmethod
    def duration(self, days: int, hours: int, minutes: int, seconds: int) -> str:
        """Say a length of time; parts that are zero are left out unless all are."""

    @abstractmethod
    def range(self, first: str, last: str) -> str:
        """Join the words for a beginning and an end."""

    @abstractmethod
    def in_words(self, text: str) -> str:
        """Put the Arabic digits of a sentence into words: keys, counts, telephone numbers."""


def languages() -> tuple[str, ...]:
    """Name the languages that values can be read aloud in, by their tags."""
    return tuple(sorted(tag for tag, row in LANGUAGES.items() if row.reader))


@lru_cache(maxsize=64)
def speaker_of(tag: str) -> type[SpokenLanguage]:
    """Return the reader of values that the row of a language names. Raises ValueError when there is none."""
    row = language_row(tag)
    if row is None or not row.reader:
        raise ValueError(f"no language {tag!r} to read values aloud in; there are {', '.join(languages())}")
    reader: type[SpokenLanguage] = importlib.import_module(f"{__package__}.{row.reader}").language
    return reader
