"""British English: "and" inside numbers, and the day before the month; otherwise as American English."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from .en import English


@dataclass(frozen=True)
class BritishEnglish(English):
    """British English."""

    link: ClassVar[str] = " and "

    def date(self, value: date, *, year: bool, weekday: bool, spoken: bool = False) -> str:
        """Say Saturday the twenty-first of November, twenty twenty-six."""
        words = super().date(value, year=False, weekday=False)
        month, number = words.split(" ", 1)
        american = super().date(value, year=year, weekday=weekday, spoken=spoken)
        return american.replace(f", {words}", f" {words}").replace(words, f"the {number} of {month}")


language = BritishEnglish
