from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.calendar import CHINA, Hours, Opening

BRANCH = Hours.parse(
    {
        "mon-fri": "09:00-12:00, 13:30-17:00",
        "sat": "09:00-12:00",
        "holiday": "closed",
        "2026-12-31": "09:00-12:00",
    }
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-11-23T08:59", False),
        ("2026-11-23T09:00", True),
        ("2026-11-23T11:59", True),
        ("2026-11-23T12:00", False),
        ("2026-11-23T13:30", True),
        ("2026-11-23T17:00", False),
        ("2026-11-21T10:00", True),  # a Saturday
        ("2026-11-21T14:00", False),
        ("2026-11-22T10:00", False),
        ("2026-10-10T14:00", True),  # a Saturday worked like a Friday
        ("2026-09-20T14:00", True),  # a Sunday worked like a Monday
        ("2026-10-01T10:00", False),
        ("2026-10-03T10:00", False),  # a Saturday within the holiday
        ("2026-12-31T14:00", False),  # a date of its own
        ("2026-12-31T10:00", True),
    ],
)
def test_a_branch_is_open_by_its_hours(moment: str, is_open: bool) -> None:
    assert BRANCH.open_at(at(moment)) is is_open
    assert BRANCH.open_at(at(moment).timestamp()) is is_open


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        ("2026-11-23T03:00", "2026-11-23T09:00"),
        ("2026-11-23T10:30", "2026-11-23T10:30"),
        ("2026-11-23T12:10", "2026-11-23T13:30"),
        ("2026-11-21T12:00", "2026-11-23T09:00"),
        ("2026-09-30T17:00", "2026-10-08T09:00"),
        ("2026-02-14T17:30", "2026-02-24T09:00"),
    ],
)
def test_the_next_opening_skips_nights_and_holidays(moment: str, opens: str) -> None:
    assert BRANCH.next_opening(at(moment)) == at(opens)


def test_closing_runs_over_spans_that_touch() -> None:
    assert BRANCH.closing(at("2026-11-23T10:00")) == at("2026-11-23T12:00")
    assert BRANCH.closing(at("2026-11-23T12:30")) is None
    night = Hours.parse({"fri": "22:00-24:00", "sat": "00:00-02:00"})
    assert night.closing(at("2026-11-20T23:00")) == at("2026-11-21T02:00")


def test_always_and_closed_are_sure_in_every_year() -> None:
    always, never = Hours.parse("always"), Hours.parse("closed")
    assert always.at(at("2031-02-03T03:00")) == Opening(open=True, certain=True)
    assert always.closing(at("2031-02-03T03:00")) is None
    assert never.at(at("2031-02-03T03:00")) == Opening(open=False, certain=True)
    assert never.next_opening(at("2026-11-23T10:00")) is None


def test_an_unknown_year_goes_by_weekday_and_says_so() -> None:
    assert BRANCH.at(at("2027-02-22T10:00")) == Opening(open=True, certain=False)
    assert BRANCH.at(at("2027-02-08T10:00")) == Opening(open=False, certain=True)  # the third of the new year
    assert BRANCH.at(at("2027-02-21T10:00")) == Opening(open=False, certain=False)
    assert BRANCH.at(at("2027-01-01T10:00")) == Opening(open=False, certain=True)
    assert BRANCH.at(at("2026-02-17T10:00")) == Opening(open=False, certain=True)


def test_a_single_day_goes_before_a_range_and_a_holiday_may_have_hours() -> None:
    hours = Hours.parse(
        {"fri": "09:00-12:00", "mon-fri": "09:00-17:00", "sat, sun": "closed", "holiday": "10:00-12:00"}
    )
    assert not hours.open_at(at("2026-11-20T15:00"))
    assert hours.open_at(at("2026-11-19T15:00"))
    assert hours.open_at(at("2026-10-01T11:00"))


def test_chinese_punctuation_is_understood() -> None:
    assert Hours.parse({"Mon–Fri".replace("–", "－"): "9：00－12：00，13：30至17：00"}) == Hours.parse(
        {"mon-fri": "09:00-12:00, 13:30-17:00"}
    )


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ({"mo-fr": "09:00-12:00"}, '"mo-fr" is no day'),
        ({"fri-mon": "09:00-12:00"}, '"fri-mon" is no day'),
        ({"mon": "9 to 5"}, '"9 to 5" is no span of time'),
        ({"mon": ""}, "is no span of time"),
        ({"mon": "09:00-25:00"}, "no clock shows"),
        ({"mon": "09:00-10:75"}, "no clock shows"),
        ({"mon": "22:00-02:00"}, "Give a night two days"),
        ({"mon": "09:00-12:00, 11:00-13:00"}, "overlap"),
        ({"mon-wed": "09:00-12:00", "tue-thu": "09:00-12:00"}, "tue has hours already"),
        ({"2026-02-30": "closed"}, 'There is no day "2026-02-30"'),
        ("sometimes", '"sometimes" is no span of time'),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_cure(written: str | dict[str, str], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Hours.parse(written)
    (fault,) = Hours.read(written)[1]
    assert fault.cure.endswith(".")
    assert fault.key in written


def test_all_faults_are_told_at_once() -> None:
    _, faults = Hours.read({"mo": "9", "tue": "10-", "wed": "09:00-12:00"})
    assert [fault.key for fault in faults] == ["mo", "tue"]


@given(st.datetimes(datetime(2025, 1, 1), datetime(2028, 12, 31)))
def test_the_next_opening_is_open_and_nothing_before_it_is(moment: datetime) -> None:
    here = moment.replace(tzinfo=CHINA)
    opens = BRANCH.next_opening(here)
    assert opens is not None
    assert opens >= here
    assert BRANCH.open_at(opens)
    closes = BRANCH.closing(opens)
    assert closes is not None
    assert closes > opens
    assert not BRANCH.open_at(closes)
    assert (opens == here) == BRANCH.open_at(here)


@pytest.mark.parametrize(
    ("key", "days"),
    [
        ("12-25", ["2026-12-25", "2027-12-25"]),
        ("12-24 to 12-26", ["2026-12-24", "2026-12-26", "2030-12-25"]),
        ("12-30 to 01-02", ["2026-12-30", "2027-01-02", "2028-01-01"]),
        ("2026-12-24 to 2026-12-26", ["2026-12-24", "2026-12-25", "2026-12-26"]),
        ("02-29", ["2028-02-29"]),
    ],
)
def test_dates_of_every_year_and_ranges_have_hours(key: str, days: list[str]) -> None:
    hours = Hours.parse({"mon-sun": "always", "holiday": "always", key: "closed"})
    assert not any(hours.open_at(at(f"{day}T10:00")) for day in days)
    assert hours.open_at(at("2026-12-23T10:00"))
    assert hours.open_at(at("2027-01-03T10:00"))


def test_a_single_day_goes_before_the_same_day_of_every_year() -> None:
    hours = Hours.parse({"mon-sun": "always", "12-25": "closed", "2026-12-25": "10:00-12:00"})
    assert [hours.open_at(at(f"{year}-12-25T10:30")) for year in (2026, 2027)] == [True, False]


@pytest.mark.parametrize(
    "key", ["12-26 to 2026-12-28", "2026-12-28 to 2026-12-24", "02-30", "2026-01-01 to 2027-12-31"]
)
def test_ranges_that_are_none_are_reported(key: str) -> None:
    assert len(Hours.read({key: "closed"})[1]) == 1
