"""The calendar of a line: its time zone and its country's public holidays. Must not read a clock.

Time zones are those of the IANA database. Holidays are those of mainland China by the State Council's notices
(`chinesecalendar`), and of other countries by the library `holidays`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from functools import cached_property, lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from .days import CHINA, FIXED_HOLIDAYS, holiday_name, is_working_day

MAINLAND_ZONE, MAINLAND = "Asia/Shanghai", "CN"
NO_HOLIDAYS = "none"
_NOTICES_ARE_OUT = 12
"""The month by which the State Council has announced the days off of the next year."""
_NATIONAL_DAY = (10, 1)


@dataclass(frozen=True)
class LineCalendar:
    """A time zone by its IANA name, and a country by its code, such as GB, or GB-SCT for a part of it."""

    zone_name: str = MAINLAND_ZONE
    country: str = MAINLAND

    @cached_property
    def zone(self) -> tzinfo:
        """The time zone. The mainland's has had no other offset since 1991, so that it is a fixed one."""
        return CHINA if self.zone_name == MAINLAND_ZONE else ZoneInfo(self.zone_name)

    def local(self, moment: float | datetime) -> datetime:
        """Convert a Unix time or a datetime to the line's time. Raises ValueError for a datetime without a zone."""
        if not isinstance(moment, datetime):
            return datetime.fromtimestamp(moment, self.zone)
        if moment.tzinfo is None:
            raise ValueError("a datetime needs its time zone")
        return moment.astimezone(self.zone)

    def is_working_day(self, day: date) -> bool | None:
        """Return whether offices work on a day; None if the holidays of its year are not announced yet."""
        if self.country == MAINLAND:
            return is_working_day(day)
        return day.weekday() < 5 if self.country == NO_HOLIDAYS else _works(self.country, day)

    def presumed_working_day(self, day: date) -> bool:
        """Return whether offices work on a day; in an unannounced year, weekdays that are no holiday by law count."""
        working = self.is_working_day(day)
        if working is None:
            return day.weekday() < 5 and not self.is_fixed_holiday(day)
        return working

    def is_fixed_holiday(self, day: date) -> bool:
        """Return whether a day is a holiday by law, the lunar ones included. Only asked of years not announced yet."""
        if self.country != MAINLAND:
            return False
        # The library adds days in lieu of weekends, marked as observed: those are a guess until the notice.
        lunar = _holidays_in(MAINLAND, day.year).get(day, "")
        return (day.month, day.day) in FIXED_HOLIDAYS or (lunar != "" and "observed" not in lunar)

    def unknown_year(self, today: date) -> int | None:
        """Return the year whose days off should be known and are not: this one, or from December on the next."""
        years = (today.year, today.year + 1) if today.month == _NOTICES_ARE_OUT else (today.year,)
        return next((year for year in years if self.is_working_day(date(year, *_NATIONAL_DAY)) is None), None)

    def is_holiday(self, day: date) -> bool:
        """Return whether a day off is a public holiday, a weekend's included."""
        if self.country == MAINLAND:
            return holiday_name(day) is not None
        return self.country != NO_HOLIDAYS and day in _holidays_in(self.country, day.year)


CHINAS = LineCalendar()
"""The calendar of a line that names none."""


def _of_china() -> LineCalendar:
    return CHINAS


_source: Callable[[], LineCalendar] = _of_china


def use_calendar(source: Callable[[], LineCalendar]) -> None:
    """Set where this process gets the calendar by which staff read and write times: that of its line.

    Why one for the process: a server and a command serve one line, and every report, alarm and deadline is in its time.
    What callers hear goes by the calendar of their release instead.
    """
    global _source
    _source = source


def staff_calendar() -> LineCalendar:
    """Return the calendar of the line that this process serves."""
    return _source()


def local(moment: float | datetime) -> datetime:
    """Convert a Unix time or a datetime to the time of the line. Raises ValueError for a datetime without a zone."""
    return staff_calendar().local(moment)


def add_working_days(moment: datetime, days: int, *, presume: bool = False) -> datetime | None:
    """Return the same time of day on the `days`-th working day after `moment`, in the time of the line.

    Returns None if an unannounced year lies in between, unless `presume` allows to count its weekdays.
    """
    calendar = staff_calendar()
    due = calendar.local(moment)
    while days > 0:
        due += timedelta(days=1)
        working = calendar.presumed_working_day(due.date()) if presume else calendar.is_working_day(due.date())
        if working is None:
            return None
        days -= working
    return due


def is_country(code: str) -> bool:
    """Return whether the holidays of a country, or of a part of it such as GB-SCT, are available."""
    from holidays import list_supported_countries

    country, _, part = code.partition("-")
    parts = list_supported_countries().get(country)
    return code in (MAINLAND, NO_HOLIDAYS) or (parts is not None and (not part or part in parts))


@lru_cache(maxsize=64)
def _holidays_in(country: str, year: int) -> Any:
    from holidays import country_holidays  # half a second to load, which lines of China do not need

    code, _, part = country.partition("-")
    # A calendar without a year adds years as they are asked for. Another thread that asks meanwhile would take the
    # holidays that are not added yet for working days, and `_works` would answer so until the process ends.
    return country_holidays(code, subdiv=part or None, years=year, expand=False)


@lru_cache(maxsize=4096)
def _works(country: str, day: date) -> bool:
    return bool(_holidays_in(country, day.year).is_working_day(day))
