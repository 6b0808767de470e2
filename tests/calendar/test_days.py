from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.calendar import CHINA, CHINAS, add_working_days, holiday_name, is_working_day, local

MAKE_UP_2026 = ["2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


@pytest.mark.parametrize("day", MAKE_UP_2026)
def test_a_make_up_day_at_the_weekend_is_a_working_day(day: str) -> None:
    there = date.fromisoformat(day)
    assert there.weekday() >= 5
    assert is_working_day(there) is True
    assert holiday_name(there) is None


def test_the_year_2026_has_exactly_the_announced_days_off() -> None:
    year = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    assert sum(is_working_day(day) is False for day in year) == 117
    assert [day.isoformat() for day in year if day.weekday() >= 5 and is_working_day(day)] == MAKE_UP_2026


@pytest.mark.parametrize(
    ("day", "zh", "en"),
    [
        ("2026-01-02", "元旦", "New Year's Day"),
        ("2026-02-17", "春节", "Spring Festival"),
        ("2026-09-25", "中秋", "Mid-autumn Festival"),
        ("2026-10-07", "国庆节", "National Day"),
        ("2026-10-08", None, None),
        ("2026-11-22", None, None),
        ("2027-10-01", None, None),
    ],
)
def test_days_off_have_the_name_of_their_holiday(day: str, zh: str | None, en: str | None) -> None:
    assert holiday_name(date.fromisoformat(day)) == zh
    assert holiday_name(date.fromisoformat(day), english=True) == en


@pytest.mark.parametrize("day", ["2003-06-02", "2027-01-01", "2027-02-08", "2027-06-02", "2099-12-31"])
def test_a_year_that_was_not_announced_is_unknown(day: str) -> None:
    assert is_working_day(date.fromisoformat(day)) is None


def test_in_an_unknown_year_weekdays_count_except_those_that_the_law_names() -> None:
    assert not CHINAS.presumed_working_day(date(2027, 1, 1))
    assert CHINAS.presumed_working_day(date(2027, 1, 4))
    assert not CHINAS.presumed_working_day(date(2027, 1, 9))
    assert not CHINAS.presumed_working_day(date(2027, 10, 1))
    assert CHINAS.presumed_working_day(date(2026, 10, 10))


@pytest.mark.parametrize(
    ("moment", "days", "there"),
    [
        ("2026-09-30T10:15", 1, "2026-10-08T10:15"),
        ("2026-09-30T10:15", 5, "2026-10-13T10:15"),  # 8, 9, 10 (made up), 12, 13
        ("2026-10-03T23:59", 5, "2026-10-13T23:59"),
        ("2026-02-13T09:00", 5, "2026-02-27T09:00"),  # 14 (made up), 24, 25, 26, 27
        ("2026-02-14T09:00", 5, "2026-02-28T09:00"),  # 24, 25, 26, 27, 28 (made up)
        ("2026-11-23T08:00", 5, "2026-11-30T08:00"),
        ("2026-11-23T08:00", 0, "2026-11-23T08:00"),
    ],
)
def test_working_days_are_counted_from_the_next_day_on(moment: str, days: int, there: str) -> None:
    assert add_working_days(at(moment), days) == at(there)


def test_a_count_that_leads_into_an_unknown_year_has_no_answer_unless_presumed() -> None:
    assert add_working_days(at("2026-12-30T10:00"), 1) == at("2026-12-31T10:00")
    assert add_working_days(at("2026-12-30T10:00"), 2) is None
    assert add_working_days(at("2026-12-30T10:00"), 2, presume=True) == at("2027-01-04T10:00")


@given(st.datetimes(datetime(2025, 1, 1), datetime(2026, 11, 30)), st.integers(1, 15))
def test_the_last_of_so_many_working_days_is_never_a_day_off(moment: datetime, days: int) -> None:
    start = moment.replace(tzinfo=CHINA)
    there = add_working_days(start, days)
    assert there is not None
    assert is_working_day(there.date())
    between = [start.date() + timedelta(days=n) for n in range(1, (there.date() - start.date()).days + 1)]
    assert sum(map(bool, map(is_working_day, between))) == days


def test_time_is_china_time_from_seconds_and_from_moments() -> None:
    assert local(0).isoformat() == "1970-01-01T08:00:00+08:00"
    assert local(datetime(2026, 12, 31, 20, tzinfo=UTC)) == at("2027-01-01T04:00")
    assert local(datetime(2026, 12, 31, 20, tzinfo=UTC)).date() == date(2027, 1, 1)
    with pytest.raises(ValueError, match="time zone"):
        local(datetime(2026, 1, 1))
