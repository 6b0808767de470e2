"""Values of a language without a reader of its own: figures as they are written, which its voice reads by itself.

Money, dates and lengths of time need words of the language, so they are not read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from types import MappingProxyType
from typing import ClassVar

from .language import ReadText, SpokenLanguage, Unreadable

_NEED_WORDS = ("amount", "date", "datetime", "duration", "ordinal", "range", "time")
_REASON = "this language has no reader for values that need words; write them without a value, or use another language"


@dataclass(frozen=True)
class PlainFigures(SpokenLanguage):
    """PlainFigures as they are written."""

    between: ClassVar[str] = ", "
    cannot_read: ClassVar[Mapping[str, str]] = MappingProxyType(dict.fromkeys(_NEED_WORDS, _REASON))

    def amount(self, value: Decimal, currency: str, *, mixed: bool = False) -> str:
        """Refuse."""
        raise Unreadable(_REASON)

    def number(self, value: Decimal) -> str:
        """Return the figure."""
        return f"{value}"

    def percent(self, value: Decimal) -> str:
        """Return the figure with its sign."""
        return f"{value}%"

    def ordinal(self, value: int) -> str:
        """Refuse."""
        raise Unreadable(_REASON)

    def count(self, value: int, unit: str) -> str:
        """Return the figure and its noun."""
        return f"{value} {unit}"

    def unit_fault(self, unit: str) -> str:
        """Take any noun."""
        return ""

    def spell(self, groups: Sequence[str]) -> str:
        """Return the characters with blanks between them, so that a voice reads each."""
        return self.between.join(" ".join(group) for group in groups)

    def date(self, value: date, *, year: bool, weekday: bool, spoken: bool = False) -> str:
        """Refuse."""
        raise Unreadable(_REASON)

    def time(self, value: time, *, clock24: bool) -> str:
        """Refuse."""
        raise Unreadable(_REASON)

    def datetime(self, day: str, clock: str) -> str:
        """Refuse."""
        raise Unreadable(_REASON)

    def duration(self, days: int, hours: int, minutes: int, seconds: int) -> str:
        """Refuse."""
        raise Unreadable(_REASON)

    def range(self, first: str, last: str) -> str:
        """Refuse."""
        raise Unreadable(_REASON)

    def read_text(self, text: str) -> ReadText:
        """Leave figures to the voice."""
        return ReadText(text)


language = PlainFigures
