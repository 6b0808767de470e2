"""Working days in mainland China, make-up workdays included. Must not guess: a year not yet announced is unknown.

The State Council announces each autumn which days are moved. `chinesecalendar` follows these notices and rejects
unknown years, for which other libraries silently return plain weekdays.
"""

from __future__ import annotations

from datetime import date, timedelta, timezone
from functools import lru_cache

import chinese_calendar as announced  # type: ignore[import-untyped]

CHINA = timezone(timedelta(hours=8))
"""The whole mainland has one time zone, without daylight saving time."""

FIXED_HOLIDAYS = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})
"""Month and day of the holidays fixed by law, announced or not (State Council order 795, in force since 2025)."""


@lru_cache(maxsize=4096)
def is_working_day(day: date) -> bool | None:
    """Return whether offices work on a day; None if the holidays of its year are not announced yet."""
    return bool(announced.is_workday(day)) if _is_announced(day.year) else None


def holiday_name(day: date, *, english: bool = False) -> str | None:
    """Return the name of the public holiday of a day off, in Chinese unless `english`; None for all other days."""
    if not _is_announced(day.year):
        return None
    off, name = announced.get_holiday_detail(day)
    if not off or name is None:
        return None
    return str(name if english else announced.Holiday(name).chinese)


@lru_cache(maxsize=64)
def _is_announced(year: int) -> bool:
    """Return whether a year was announced. Tests 1 October: New Year's Day comes with the previous year's notice."""
    return date(year, 10, 1) in announced.holidays
