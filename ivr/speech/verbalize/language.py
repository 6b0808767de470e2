"""What a language must be able to say, and how it is found. One file per language fills this in; it holds no words."""

from __future__ import annotations

import importlib
import pkgutil
import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import ClassVar

CURRENCY_PLACES = MappingProxyType(
    dict.fromkeys(("CNY", "USD", "HKD", "EUR", "GBP", "AUD", "CAD", "SGD", "CHF", "MOP", "TWD", "NZD", "THB"), 2)
    | {"JPY": 0, "KRW": 0}
)
"""The currencies that every language names, and how many decimals each has (ISO 4217)."""

_SAME = {"cmn": "zh"}
"""Carriers call Mandarin cmn-CN, editors zh-CN."""


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


@lru_cache(maxsize=1)
def languages() -> tuple[str, ...]:
    """Name the languages there are, by the files of this folder: en, zh."""
    names = (module.name for module in pkgutil.iter_modules([str(Path(__file__).parent)]))
    return tuple(sorted(name for name in names if re.fullmatch(r"[a-z]{2,3}(_[a-z0-9]+)*", name)))


@lru_cache(maxsize=64)
def speaker_of(tag: str) -> type[SpokenLanguage]:
    """Find the language of a tag such as zh-CN, by its longest prefix. Raises ValueError when there is none."""
    parts = tag.lower().replace("_", "-").split("-")
    parts[0] = _SAME.get(parts[0], parts[0])
    for length in range(len(parts), 0, -1):
        if (name := "_".join(parts[:length])) in languages():
            found: type[SpokenLanguage] = importlib.import_module(f"{__package__}.{name}").language
            return found
    raise ValueError(f"no language {tag!r} to read values aloud in; there are {', '.join(languages())}")
