"""Parse opening hours as editors write them, and compute when a desk is open. Must not read a clock or files."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Self

from .line_calendar import CHINAS, LineCalendar

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOLIDAY = "holiday"
DAY_MINUTES = 24 * 60
FARTHEST_DAYS = 400
"""Maximum days to search for an opening: more than a year, so that a day named by its date is found."""

Span = tuple[int, int]
"""Minutes of the day at which a desk opens and closes; 1440 is midnight at the end of the day."""

_WORKED_LIKE = {"sat": "fri", "sun": "mon"}
"""The weekday whose hours apply to a make-up workday."""

_ALL_DAY: tuple[Span, ...] = ((0, DAY_MINUTES),)
_SPAN = re.compile(r"(\d{1,2}):(\d{2})\s*[-~–—―至到]\s*(\d{1,2}):(\d{2})")
_DATES = re.compile(r"((?:\d{4}-)?\d{2}-\d{2})(?:\s+to\s+((?:\d{4}-)?\d{2}-\d{2}))?")
_YEARLY = len("12-31")
LONGEST_RANGE = 366
"""The most days that one range of dates may have."""


@dataclass(frozen=True)
class Fault:
    """An error in one line of opening hours: its key, a message and a cure."""

    key: str
    message: str
    cure: str


@dataclass(frozen=True)
class Opening:
    """Whether a desk is open at a moment. `certain` is False where the holidays of that year are not announced yet."""

    open: bool
    certain: bool


@dataclass(frozen=True)
class Hours:
    """When a desk is open: spans per weekday, for public holidays and for single dates.

    A make-up workday has the hours of the weekday next to it (Friday for a Saturday, Monday for a Sunday). On a public
    holiday the desk is closed unless `holiday` says otherwise. In a year that is not announced yet, weekdays count.
    """

    days: Mapping[str, tuple[Span, ...]] = field(default_factory=dict)
    calendar: LineCalendar = CHINAS

    @classmethod
    def parse(cls, written: str | Mapping[str, str]) -> Self:
        """Read `always`, `closed`, or a map such as {"mon-fri": "09:00-12:00, 13:30-17:00", "holiday": "closed"}.

        Raises ValueError with every fault, one per line.
        """
        hours, faults = cls.read(written)
        if faults:
            raise ValueError("\n".join(f"{fault.key}: {fault.message} {fault.cure}" for fault in faults))
        return hours

    @classmethod
    def read(cls, written: str | Mapping[str, str]) -> tuple[Self, list[Fault]]:
        """Read as `parse` does, but return the faults together with the hours that could be read."""
        entries = {f"mon-sun, {HOLIDAY}": written} if isinstance(written, str) else written
        faults: list[Fault] = []
        ranges: dict[str, tuple[Span, ...]] = {}
        single: dict[str, tuple[Span, ...]] = {}
        for key, text in entries.items():
            try:
                names, spans = _days(key), _spans(text)
            except _Unreadable as fault:
                faults.append(Fault(key if not isinstance(written, str) else written, fault.message, fault.cure))
                continue
            # A day that is named alone overrides the range that it lies in.
            into = single if len(names) == 1 else ranges
            if twice := sorted(into.keys() & set(names)):
                faults.append(Fault(key, f"{twice[0]} has hours already.", "Name each day once."))
            into |= dict.fromkeys(names, spans)
        return cls({**ranges, **single}), faults

    def at(self, moment: float | datetime) -> Opening:
        """Return whether the desk is open at a moment, and whether that is certain."""
        now = self.calendar.local(moment)
        spans, certain = self._on(now.date())
        minute = now.hour * 60 + now.minute
        return Opening(any(start <= minute < end for start, end in spans), certain)

    def open_at(self, moment: float | datetime) -> bool:
        """Return whether the desk is open at a moment."""
        return self.at(moment).open

    def opens_on(self, day: date) -> bool:
        """Return whether the desk opens on a day at all."""
        return bool(self._on(day)[0])

    def next_opening(self, moment: float | datetime) -> datetime | None:
        """Return the next opening: `moment` if the desk is open, None if it stays closed for FARTHEST_DAYS."""
        now = self.calendar.local(moment)
        if self.open_at(now):
            return now
        return next((start for start, _ in self._ahead(now) if start > now), None)

    def closing(self, moment: float | datetime) -> datetime | None:
        """Return the next closing; None if the desk is closed now or does not close within FARTHEST_DAYS."""
        now = self.calendar.local(moment)
        if not self.open_at(now):
            return None
        until = now
        for start, end in self._ahead(now):
            # Spans that touch at midnight are one: 24:00 is 00:00 of the next day.
            if start > until:
                return until
            until = max(until, end)
        return None

    def _ahead(self, now: datetime) -> Iterator[tuple[datetime, datetime]]:
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        for days in range(FARTHEST_DAYS):
            # On the wall clock: after a change to summer time a desk still opens at its hour.
            day = midnight + timedelta(days=days)
            for start, end in sorted(self._on(day.date())[0]):
                yield day + timedelta(minutes=start), day + timedelta(minutes=end)

    def _on(self, day: date) -> tuple[tuple[Span, ...], bool]:
        """Return the spans of a day, and whether they are certain."""
        for key in (day.isoformat(), f"{day:%m-%d}"):
            if key in self.days:
                return self.days[key], True
        key, certain = self._rule(day)
        # Where a weekday, a make-up workday and a holiday have the same hours, no notice can change them.
        possible_keys = (key, _WORKED_LIKE.get(key, key), HOLIDAY)
        return self.days.get(key, ()), certain or len({self.days.get(name, ()) for name in possible_keys}) == 1

    def _rule(self, day: date) -> tuple[str, bool]:
        """Return the key whose hours apply to a day, and whether that is certain."""
        weekday, working = day.weekday(), self.calendar.is_working_day(day)
        if working is None:
            fixed = self.calendar.is_fixed_holiday(day)
            return (HOLIDAY if fixed else WEEKDAYS[weekday]), fixed
        if working:
            return _WORKED_LIKE.get(WEEKDAYS[weekday], WEEKDAYS[weekday]), True
        # A weekday off is a holiday, or was moved for one; a weekend may be either.
        return (HOLIDAY if weekday < 5 or self.calendar.is_holiday(day) else WEEKDAYS[weekday]), True


class _Unreadable(Exception):
    """A key or value of opening hours that cannot be read."""

    def __init__(self, message: str, cure: str) -> None:
        self.message, self.cure = message, cure
        super().__init__(message)


def _days(key: str) -> Sequence[str]:
    """Return the days of a key such as `mon-fri`, `sat, sun`, `holiday`, `2026-12-31`, `12-25` or `12-24 to 12-26`."""
    days: list[str] = []
    for part in _folded(key).split(","):
        first, dash, last = (piece.strip() for piece in part.partition("-"))
        if dates := _DATES.fullmatch(part.strip()):
            days += _dates(dates[1], dates[2] or dates[1])
        elif part.strip() == HOLIDAY or (not dash and first in WEEKDAYS):
            days.append(first)
        elif first in WEEKDAYS and last in WEEKDAYS and WEEKDAYS.index(first) < WEEKDAYS.index(last):
            days += WEEKDAYS[WEEKDAYS.index(first) : WEEKDAYS.index(last) + 1]
        else:
            cure = (
                f"Days are {', '.join(WEEKDAYS)}, a range such as mon-fri, {HOLIDAY}, a date such as 2026-12-31 or"
                " 12-25 (every year), or dates such as 12-24 to 12-26."
            )
            raise _Unreadable(f'"{part.strip()}" is no day.', cure)
    return days


def _dates(first: str, last: str) -> Sequence[str]:
    """Return every day from one date to another; dates without a year are those of every year."""
    if len(first) != len(last):
        raise _Unreadable(f'"{first}" and "{last}" are dates of two forms.', "Write both with a year, or both without.")
    yearly = len(first) == _YEARLY
    start, end = _date(first), _date(last)
    if yearly and end < start:  # over the end of the year
        return [*_dates(first, "12-31"), *_dates("01-01", last)]
    days = [start + timedelta(days=number) for number in range((end - start).days + 1)]
    if not days:
        raise _Unreadable(f'"{last}" is before "{first}".', "Write the earlier date first.")
    if len(days) > LONGEST_RANGE and not yearly:
        raise _Unreadable(f"These are {len(days)} days.", f"Write ranges of up to {LONGEST_RANGE} days.")
    return [f"{day:%m-%d}" if yearly else day.isoformat() for day in days]


def _date(text: str) -> date:
    """Return a date; one without a year in a leap year, so that 29 February has its day."""
    try:
        return date.fromisoformat(f"2024-{text}" if len(text) == _YEARLY else text)
    except ValueError:
        cure = "A date is a year, a month and a day: 2026-12-31; or 12-31 for every year."
        raise _Unreadable(f'There is no day "{text}".', cure) from None


def _spans(text: str) -> tuple[Span, ...]:
    """Return the spans of a text such as `09:00-12:00, 13:30-17:00`, `closed` or `always`."""
    folded = _folded(text)
    if folded in ("closed", "always"):
        return _ALL_DAY if folded == "always" else ()
    spans = sorted(_span(part.strip()) for part in folded.split(","))
    for (_, end), (start, _) in pairwise(spans):
        if start < end:
            raise _Unreadable("Two spans overlap.", "Write each span once, as in 09:00-12:00, 13:30-17:00.")
    return tuple(spans)


def _span(text: str) -> Span:
    match = _SPAN.fullmatch(text)
    hours = "Write hours such as 09:00-12:00, 13:30-17:00, or closed, or always."
    if not match:
        raise _Unreadable(f'"{text}" is no span of time.', hours)
    start_hour, start_minute, end_hour, end_minute = map(int, match.groups())
    start, end = start_hour * 60 + start_minute, end_hour * 60 + end_minute
    if start_minute > 59 or end_minute > 59 or end > DAY_MINUTES:
        raise _Unreadable(f'"{text}" has a time that no clock shows.', "Times go from 00:00 to 24:00.")
    if start >= end:
        cure = "Give a night two days: fri: 22:00-24:00, sat: 00:00-02:00."
        raise _Unreadable(f'"{text}" ends before it begins.', cure)
    return start, end


def _folded(text: str) -> str:
    """Fold case, and the full-width signs that Chinese keyboards produce."""
    return unicodedata.normalize("NFKC", text).replace("、", ",").strip().lower()
