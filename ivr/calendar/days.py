"""Working days in mainland China, make-up workdays included. Must not guess: a year not yet announced is unknown.

The State Council announces each autumn which days are moved. `chinesecalendar` follows these notices and rejects
unknown years, for which other libraries silently return plain weekdays.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from functools import lru_cache

import chinese_calendar as announced  # type: ignore[import-untyped]

CHINA = timezone(timedelta(hours=8))
"""The whole mainland has one time zone, without daylight saving time."""

FIXED_HOLIDAYS = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})
"""Month and day of the holidays fixed by law, announced or not (State Council order 795, in force since 2025)."""


def local(moment: float | datetime) -> datetime:
    """Convert a Unix time or a datetime to China time. Raises ValueError for a datetime without a time zone."""
    if not isinstance(moment, datetime):
        return datetime.fromtimestamp(moment, CHINA)
    if moment.tzinfo is None:
        raise ValueError("a datetime needs its time zone")
    return moment.astimezone(CHINA)


@lru_cache(maxsize=4096)
def is_working_day(day: date) -> bool | None:
    """Return whether offices work on a day; None if the holidays of its year are not announced yet."""
    return bool(announced.is_workday(day)) if _is_announced(day.year) else None


@lru_cache(maxsize=4096)
def presumed_working_day(day: date) -> bool:
    """Return whether offices work on a day; in an unannounced year, weekdays that are no holiday by law count."""
    working = is_working_day(day)
    if working is None:
        return day.weekday() < 5 and (day.month, day.day) not in FIXED_HOLIDAYS
    return working


def add_working_days(moment: datetime, days: int, *, presume: bool = False) -> datetime | None:
    """Return the same time of day on the `days`-th working day after `moment`, in China time.

    Returns None if an unannounced year lies in between, unless `presume` allows to count its weekdays.
    """
    due = local(moment)
    while days > 0:
        due += timedelta(days=1)
        working = presumed_working_day(due.date()) if presume else is_working_day(due.date())
        if working is None:
            return None
        days -= working
    return due


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
