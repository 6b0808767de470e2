"""The interface of readers of values, and the reader of a language.

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
"""The currencies that every language can say, with their number of decimals (ISO 4217)."""


_TAG = re.compile(r"[a-z]{2,3}(-[A-Za-z]{4})?-[A-Z]{2}\Z")


class Unreadable(ValueError):
    """A value cannot be read aloud. The text describes valid values and never contains this one."""


@dataclass(frozen=True)
class UnclearNumber:
    """A figure that a text leaves unclear: as written, the words that are said for it, and the cure."""

    figure: str
    words: str
    cure: str


@dataclass(frozen=True)
class ReadText:
    """A text with its figures in words, and those that are unclear."""

    words: str
    unclear: tuple[UnclearNumber, ...] = ()


@dataclass(frozen=True)
class SpokenLanguage(ABC):
    """Turns checked values into words of one language. With `yao`, Mandarin says 幺 for 1 in strings of digits."""

    yao: bool = True

    between: ClassVar[str]
    """The separator of `spell` between two groups."""
    cannot_read: ClassVar[Mapping[str, str]] = MappingProxyType({})
    """The kinds of values that cannot be read aloud in this language, each with the reason."""
    spells_letters: ClassVar[bool] = False
    """Whether capitals in a text are spelt with this language's sounds, for a voice without Latin letters."""

    def script(self, words: str) -> str:
        """Return words in the script of the language."""
        return words

    @abstractmethod
    def amount(self, value: Decimal, currency: str, *, mixed: bool = False) -> str:
        """Say money.

        `currency` is a key of CURRENCY_PLACES, and `value` has at most that many decimals. `mixed` is true if other
        currencies occur beside it.
        """

    @abstractmethod
    def number(self, value: Decimal) -> str:
        """Say a cardinal number with its decimals as written."""

    @abstractmethod
    def percent(self, value: Decimal) -> str:
        """Say a percentage; 2.1 is two point one percent."""

    @abstractmethod
    def ordinal(self, value: int) -> str:
        """Say an ordinal, from 1."""

    @abstractmethod
    def count(self, value: int, unit: str) -> str:
        """Say a count; `unit` is a measure word or a noun."""

    @abstractmethod
    def unit_fault(self, unit: str) -> str:
        """Return the fault of a measure word or noun for `count`, or an empty text."""

    @abstractmethod
    def spell(self, groups: Sequence[str]) -> str:
        """Say characters one by one, with a short pause between groups. They are 0-9, A-Z and a leading +."""

    @abstractmethod
    def date(self, value: date, *, year: bool, weekday: bool, spoken: bool = False) -> str:
        """Say a date, in written style or (`spoken`) colloquially."""

    @abstractmethod
    def time(self, value: time, *, clock24: bool) -> str:
        """Say a time of day to the minute."""

    @abstractmethod
    def datetime(self, day: str, clock: str) -> str:
        """Join a spoken day and a spoken time."""

    @abstractmethod
    def duration(self, days: int, hours: int, minutes: int, seconds: int) -> str:
        """Say a duration; zero parts are omitted unless all are zero."""

    @abstractmethod
    def range(self, first: str, last: str) -> str:
        """Join the words of a start and an end."""

    @abstractmethod
    def read_text(self, text: str) -> ReadText:
        """Put the figures of a sentence into words: keys, counts, money, dates, times, telephone numbers."""

    def in_words(self, text: str) -> str:
        """Return a sentence with its figures in words; one without figures is unchanged."""
        return self.read_text(text).words


def languages() -> tuple[str, ...]:
    """Return the tags of all languages with a reader."""
    return tuple(sorted(tag for tag, row in LANGUAGES.items() if row.reader))


@lru_cache(maxsize=64)
def speaker_of(tag: str) -> type[SpokenLanguage]:
    """Return the reader of a language; that of a language without a row reads figures. Raises ValueError for none."""
    row = language_row(tag)
    if row is None and _TAG.match(tag):
        return _reader("figures")
    if row is None or not row.reader:
        raise ValueError(f"no language {tag!r} to read values aloud in; there are {', '.join(languages())}")
    return _reader(row.reader)


def _reader(name: str) -> type[SpokenLanguage]:
    reader: type[SpokenLanguage] = importlib.import_module(f"{__package__}.{name}").language
    return reader
