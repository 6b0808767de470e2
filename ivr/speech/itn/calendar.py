"""Days as people name them, counted from a day that is given. What does not exist, or may be two, is None."""

from __future__ import annotations

from datetime import date, timedelta

_FARTHEST = 3700
"""Days that "in so many days" may lie away: ten years."""


def existing(year: int, month: int, number: int) -> date | None:
    """Return a day of the calendar, or None for one that there never was."""
    try:
        return date(year, month, number)
    except ValueError:
        return None


def shifted(today: date, days: int) -> date | None:
    """Return the day so many days from today."""
    return today + timedelta(days=days) if abs(days) <= _FARTHEST else None


def coming(today: date, weekday: int) -> date:
    """Return the next such day of the week, today included; Monday is 0."""
    return today + timedelta(days=(weekday - today.weekday()) % 7)


def of_week(today: date, weeks: int, weekday: int) -> date:
    """Return a day of this week (0), the last (-1) or the next (1); weeks begin on Monday."""
    return today - timedelta(days=today.weekday()) + timedelta(days=7 * weeks + weekday)


def of_month(today: date, months: int, number: int) -> date | None:
    """Return a day of this month (0), the last (-1) or the next (1)."""
    place = today.year * 12 + today.month - 1 + months
    return existing(place // 12, place % 12 + 1, number)


def nearest(today: date, month: int, number: int) -> date | None:
    """Return the day of the year that is nearest to today: on 20 December, 5 January is in two weeks."""
    days = [day for year in (-1, 0, 1) if (day := existing(today.year + year, month, number))]
    return min(days, key=lambda day: abs(day - today), default=None)


def short_year(year: int, today: date) -> int:
    """Return the year that two digits mean: at most ten years ahead, else in the century before."""
    century = today.year - today.year % 100
    return century + year if century + year <= today.year + 10 else century - 100 + year
