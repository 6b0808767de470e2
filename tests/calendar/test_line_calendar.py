"""The calendar of a line: zones, holidays by country, and the one that staff's times are in."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta

import pytest

from ivr.calendar import (
    CHINA,
    CHINAS,
    Hours,
    LineCalendar,
    add_working_days,
    is_country,
    local,
    staff_calendar,
    use_calendar,
)

LONDON = LineCalendar("Europe/London", "GB-ENG")
NOON = datetime(2026, 11, 23, 12, tzinfo=CHINA)


@pytest.mark.parametrize(
    ("calendar", "hour"), [(CHINAS, 12), (LONDON, 4), (LineCalendar("America/New_York", "US"), 23)]
)
def test_a_moment_has_the_hour_of_the_line(calendar: LineCalendar, hour: int) -> None:
    assert calendar.local(NOON).hour == calendar.local(NOON.timestamp()).hour == hour


def test_summer_time_is_kept() -> None:
    assert [LONDON.local(datetime(2026, month, 6, 12, tzinfo=CHINA)).hour for month in (1, 7)] == [4, 5]


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        LONDON.local(datetime(2026, 11, 23))


@pytest.mark.parametrize(
    ("calendar", "day", "working", "holiday"),
    [
        (CHINAS, date(2026, 10, 1), False, True),
        (CHINAS, date(2026, 10, 10), True, False),
        (CHINAS, date(2030, 10, 9), None, False),
        (LONDON, date(2026, 10, 1), True, False),
        (LONDON, date(2026, 8, 31), False, True),
        (LineCalendar("Europe/London", "GB-SCT"), date(2026, 11, 30), False, True),
        (LONDON, date(2026, 11, 30), True, False),
        (LineCalendar("UTC", "none"), date(2026, 12, 25), True, False),
        (LineCalendar("UTC", "none"), date(2026, 12, 26), False, False),
    ],
)
def test_days_off_are_those_of_the_country(
    calendar: LineCalendar, day: date, working: bool | None, holiday: bool
) -> None:
    assert (calendar.is_working_day(day), calendar.is_holiday(day)) == (working, holiday)


def test_threads_that_ask_at_once_get_the_same_holidays() -> None:
    christmases = [date(year, 12, 25) for year in range(1990, 2090)]
    switching = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as threads:
            works = [list(threads.map(LONDON.is_working_day, [day] * 8)) for day in christmases]
    finally:
        sys.setswitchinterval(switching)
    assert not any(any(answers) for answers in works)


@pytest.mark.parametrize(
    ("code", "there"),
    [("CN", True), ("GB", True), ("GB-SCT", True), ("none", True), ("XX", False), ("GB-XX", False)],
)
def test_countries_are_those_whose_holidays_are_available(code: str, there: bool) -> None:
    assert is_country(code) is there


def test_staff_read_the_time_of_their_line() -> None:
    assert local(NOON).hour == 12
    use_calendar(lambda: LONDON)
    assert (local(NOON).hour, staff_calendar()) == (4, LONDON)
    friday = datetime(2026, 8, 28, 10, tzinfo=LONDON.zone)
    assert add_working_days(friday, 1) == friday + timedelta(days=4)  # the Monday is a bank holiday


def test_hours_open_and_close_by_the_clock_of_the_line() -> None:
    hours = Hours(Hours.parse({"mon-fri": "09:00-17:00"}).days, LONDON)
    winter, summer = datetime(2026, 11, 23, 17, tzinfo=CHINA), datetime(2026, 7, 6, 16, tzinfo=CHINA)
    assert [hours.open_at(moment) for moment in (winter, winter - timedelta(minutes=1))] == [True, False]
    assert [hours.open_at(moment) for moment in (summer, summer - timedelta(minutes=1))] == [True, False]
    opening = hours.next_opening(datetime(2026, 10, 24, 12, tzinfo=LONDON.zone))  # the clocks go back on the 25th
    assert opening == datetime(2026, 10, 26, 9, tzinfo=LONDON.zone)


@pytest.mark.parametrize(
    ("calendar", "today", "year"),
    [
        (CHINAS, date(2099, 11, 30), 2099),
        (CHINAS, date(2025, 11, 30), None),
        (CHINAS, date(2025, 12, 1), None),
        (CHINAS, date(2098, 12, 1), 2098),
        (LONDON, date(2099, 12, 1), None),
        (LineCalendar("Asia/Shanghai", "none"), date(2099, 12, 1), None),
    ],
)
def test_a_year_whose_days_off_should_be_known_and_are_not_is_told(
    calendar: LineCalendar, today: date, year: int | None
) -> None:
    assert calendar.unknown_year(today) == year


def test_the_next_year_counts_from_december_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ivr.calendar.line_calendar.is_working_day", lambda day: None if day.year > 2026 else True)
    assert CHINAS.unknown_year(date(2026, 11, 30)) is None
    assert CHINAS.unknown_year(date(2026, 12, 1)) == 2027


@pytest.mark.parametrize("day", [date(2099, 1, 1), date(2099, 10, 1), date(2099, 1, 21), date(2099, 1, 20)])
def test_holidays_by_the_moon_are_known_before_the_notice(day: date) -> None:
    assert CHINAS.is_fixed_holiday(day), "new year of 2099 is on 21 January"
    assert not CHINAS.presumed_working_day(day)
