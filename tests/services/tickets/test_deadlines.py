from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.calendar import CHINA, is_working_day, local
from ivr.engine.service_ports.tickets import TICKET_LEVELS
from ivr.services.tickets.deadlines import ROUTES, SEVERITIES, level_of, promise

MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2026, 12, 20)).map(lambda moment: moment.replace(tzinfo=CHINA))


@pytest.mark.parametrize(
    ("opened", "final_by"),
    [
        ("2026-11-23T10:00", "2026-11-30"),
        ("2026-11-21T23:59", "2026-11-27"),  # a Saturday
        ("2026-09-18T16:00", "2026-09-24"),  # Sunday the 20th is made up
        ("2026-09-24T16:00", "2026-10-09"),  # mid-autumn, three days of work, National Day, two more
        ("2026-09-30T10:00", "2026-10-13"),  # National Day; Saturday the 10th is made up
        ("2026-10-01T00:00", "2026-10-13"),
        ("2026-10-07T23:59", "2026-10-13"),
        ("2026-02-11T10:00", "2026-02-25"),  # Saturday the 14th is made up, then Spring Festival
        ("2026-02-14T20:00", "2026-02-28"),  # New Year's week; Saturday the 28th is made up
        ("2026-02-17T08:00", "2026-02-28"),
        ("2026-01-01T08:00", "2026-01-08"),  # Sunday the 4th is made up
    ],
)
def test_the_last_day_of_a_complaint(at: Callable[[str], float], opened: str, final_by: str) -> None:
    found = promise(int(at(opened)), "ordinary")
    assert (found.final_by, found.certain) == (final_by, True)
    assert local(found.final.due).isoformat() == f"{final_by}T23:59:59+08:00"


def test_at_the_end_of_a_year_the_last_day_is_a_guess_and_says_so(at: Callable[[str], float]) -> None:
    found = promise(int(at("2026-12-28T10:00")), "ordinary")
    assert (found.final_by, found.certain) == ("2027-01-05", False)
    assert promise(int(at("2026-12-24T10:00")), "ordinary").certain


@given(MOMENTS, st.sampled_from(sorted(SEVERITIES)))
def test_promises_hold_for_every_moment(moment: datetime, severity: str) -> None:
    opened = int(moment.timestamp())
    found = promise(opened, severity)
    assert found.first_reply.due - opened <= 24 * 3600
    for clock in (found.first_reply, found.final, found.statutory):
        assert opened < clock.warn < clock.due
    last = date.fromisoformat(found.final_by)
    assert is_working_day(last)
    days = [moment.date() + timedelta(days=n) for n in range(1, (last - moment.date()).days + 1)]
    assert sum(map(bool, map(is_working_day, days))) == 5
    assert is_working_day(local(found.final.warn).date())
    assert local(found.statutory.due).date() - moment.date() == timedelta(days=SEVERITIES[severity].statutory_days)


@pytest.mark.parametrize(
    ("severity", "asked", "repeat", "level"),
    [
        ("ordinary", "first", False, "first"),
        ("ordinary", "first", True, "middle"),
        ("ordinary", "high", True, "high"),
        ("grave", "first", False, "middle"),
        ("grave", "first", True, "high"),
        ("public", "first", False, "high"),
    ],
)
def test_severity_and_coming_back_raise_the_level(severity: str, asked: str, repeat: bool, level: str) -> None:
    assert level_of(severity, asked, repeat=repeat) == level


def test_every_level_has_somebody() -> None:
    assert set(ROUTES) == set(TICKET_LEVELS)
    assert {severity.least for severity in SEVERITIES.values()} <= set(TICKET_LEVELS)
