"""Days as people name them: what does not exist, or may be two, is none."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.speech.itn import calendar

SATURDAY = date(2026, 11, 21)
DAYS = st.dates(min_value=date(1950, 1, 1), max_value=date(2090, 1, 1))


@given(DAYS, st.integers(1, 12), st.integers(1, 28))
def test_a_day_without_a_year_is_the_nearest(today: date, month: int, number: int) -> None:
    nearest = calendar.nearest(today, month, number)
    assert nearest
    assert abs(nearest - today).days <= 183


@given(DAYS, st.integers(0, 6))
def test_a_weekday_comes_within_seven_days_today_included(today: date, weekday: int) -> None:
    day = calendar.coming(today, weekday)
    assert (day.weekday(), 0 <= (day - today).days < 7) == (weekday, True)


def test_a_day_that_never_was_is_none() -> None:
    assert calendar.existing(2026, 2, 29) is None
    assert calendar.existing(2028, 2, 29) == date(2028, 2, 29)
    assert calendar.existing(0, 1, 1) is None
    assert calendar.nearest(date(2025, 6, 1), 2, 30) is None


def test_so_many_days_from_now_are_ten_years_at_most() -> None:
    assert calendar.shifted(SATURDAY, -2) == date(2026, 11, 19)
    assert calendar.shifted(SATURDAY, 3700) == date(2037, 1, 7)
    assert calendar.shifted(SATURDAY, 3701) is None
    assert calendar.shifted(SATURDAY, -3701) is None


def test_weeks_begin_on_monday() -> None:
    assert calendar.of_week(SATURDAY, 0, 0) == date(2026, 11, 16)
    assert calendar.of_week(SATURDAY, 1, 0) == date(2026, 11, 23)
    assert calendar.of_week(SATURDAY, -1, 6) == date(2026, 11, 15)


def test_a_month_is_counted_over_the_end_of_the_year() -> None:
    assert calendar.of_month(date(2026, 12, 31), 1, 5) == date(2027, 1, 5)
    assert calendar.of_month(date(2026, 1, 31), -1, 31) == date(2025, 12, 31)
    assert calendar.of_month(date(2026, 1, 31), 1, 31) is None


@pytest.mark.parametrize(("digits", "year"), [(26, 2026), (36, 2036), (37, 1937), (0, 2000), (99, 1999)])
def test_two_digits_mean_a_year_at_most_ten_years_ahead(digits: int, year: int) -> None:
    assert calendar.short_year(digits, SATURDAY) == year


def test_the_day_of_a_month_is_nearest_to_today() -> None:
    assert calendar.nearest_of_month(date(2026, 11, 28), 3) == date(2026, 12, 3)
    assert calendar.nearest_of_month(date(2026, 11, 3), 30) == date(2026, 10, 30)
    assert calendar.nearest_of_month(date(2026, 11, 3), 31) == date(2026, 10, 31)
    assert calendar.nearest_of_month(date(2026, 11, 3), 32) is None
