"""Compute days as people name them, relative to a given day. Functions return None for a day that does not exist."""

from __future__ import annotations

from datetime import date, timedelta

_FARTHEST = 3700
"""Maximum days of "in N days": ten years."""


def existing(year: int, month: int, number: int) -> date | None:
    """Return a day of the calendar, or None if it does not exist."""
    try:
        return date(year, month, number)
    except ValueError:
        return None


def shifted(today: date, days: int) -> date | None:
    """Return the day `days` after today."""
    return today + timedelta(days=days) if abs(days) <= _FARTHEST else None


def coming(today: date, weekday: int) -> date:
    """Return the next day that is this weekday, today included; Monday is 0."""
    return today + timedelta(days=(weekday - today.weekday()) % 7)


def of_week(today: date, weeks: int, weekday: int) -> date:
    """Return a day of this week (0), the last (-1) or the next (1); weeks begin on Monday."""
    return today - timedelta(days=today.weekday()) + timedelta(days=7 * weeks + weekday)


def of_month(today: date, months: int, number: int) -> date | None:
    """Return a day of this month (0), the last (-1) or the next (1)."""
    place = today.year * 12 + today.month - 1 + months
    return existing(place // 12, place % 12 + 1, number)


def nearest(today: date, month: int, number: int) -> date | None:
    """Return the date with this month and day nearest to today: on 20 December, 5 January is in two weeks."""
    days = [day for year in (-1, 0, 1) if (day := existing(today.year + year, month, number))]
    return min(days, key=lambda day: abs(day - today), default=None)


def nearest_of_month(today: date, number: int) -> date | None:
    """Return the day with this number nearest to today: on the 28th, the 3rd is next month's."""
    days = [day for months in (-1, 0, 1) if (day := of_month(today, months, number))]
    return min(days, key=lambda day: abs(day - today), default=None)


def short_year(year: int, today: date) -> int:
    """Return the year of two digits: at most ten years ahead, else in the century before."""
    century = today.year - today.year % 100
    return century + year if century + year <= today.year + 10 else century - 100 + year
