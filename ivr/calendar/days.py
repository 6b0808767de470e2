"""Which days people work in mainland China, make-up days included. A year that was not announced yet is unknown.

Why a library: the State Council moves days off and working days anew each autumn; `chinesecalendar` keeps those notices
up to date and refuses years that it does not know, where others silently answer with plain weekdays.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from functools import lru_cache

import chinese_calendar as announced  # type: ignore[import-untyped]

CHINA = timezone(timedelta(hours=8))
"""The whole mainland keeps one time, without daylight saving."""

FIXED_HOLIDAYS = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})
"""Month and day that are off in every year, announced or not (State Council order 795, in force since 2025)."""


def local(moment: float | datetime) -> datetime:
    """Return a Unix time or a moment in China time. Raises ValueError for a moment without a time zone."""
    if not isinstance(moment, datetime):
        return datetime.fromtimestamp(moment, CHINA)
    if moment.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    return moment.astimezone(CHINA)


@lru_cache(maxsize=4096)
def is_working_day(day: date) -> bool | None:
    """Tell whether offices work on a day; None when the days off of its year were not announced yet."""
    return bool(announced.is_workday(day)) if _known(day.year) else None


@lru_cache(maxsize=4096)
def presumed_working_day(day: date) -> bool:
    """Tell whether offices work on a day; in an unknown year: on weekdays that are no holiday by law."""
    working = is_working_day(day)
    if working is None:
        return day.weekday() < 5 and (day.month, day.day) not in FIXED_HOLIDAYS
    return working


def add_working_days(moment: datetime, days: int, *, presume: bool = False) -> datetime | None:
    """Return the same time of day on the `days`-th working day after a moment, in China time.

    None when the way there leads through an unknown year, unless `presume` says that its weekdays are good enough.
    """
    there = local(moment)
    while days > 0:
        there += timedelta(days=1)
        working = presumed_working_day(there.date()) if presume else is_working_day(there.date())
        if working is None:
            return None
        days -= working
    return there


def holiday_name(day: date, language: str = "zh-CN") -> str | None:
    """Name the public holiday that a day off belongs to, in Chinese or English; None for all other days."""
    if not _known(day.year):
        return None
    off, name = announced.get_holiday_detail(day)
    if not off or name is None:
        return None
    return str(announced.Holiday(name).chinese if language.startswith("zh") else name)


@lru_cache(maxsize=64)
def _known(year: int) -> bool:
    """Tell whether a year was announced: its New Year's Day alone comes with the notice of the year before."""
    return date(year, 10, 1) in announced.holidays
