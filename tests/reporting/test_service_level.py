"""Service level and its like: golden figures of a small day, and laws that hold for any calls whatever."""

from __future__ import annotations

import json
from itertools import chain
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.engine.ports import JournalRow
from ivr.reporting.queue_visits import Visits
from ivr.reporting.service_level import LONGEST_CALL, READ_ON, ServiceTally

NOON = 1795406400.0  # 2026-11-23T12:00+08:00
DAY, HOUR = 86_400.0, 3600.0

Rows = list[JournalRow]


def rows(call: str, at: float, *said: tuple[str, float, dict[str, Any]]) -> Rows:
    """Return the rows of one call, each so many seconds after the first."""
    return [
        JournalRow(call, place, at + after, kind, json.dumps({"flow": "main", "step": "agent", **data}))
        for place, (kind, after, data) in enumerate(said)
    ]


def wish(
    call: str,
    at: float,
    how: str = "talked",
    *,
    waited: int = 10,
    talk: int = 120,
    priority: str = "normal",
    desk: str = "general",
    agent: str = "8001",
    number: str = "",
    reason: str = "",
) -> Rows:
    """Return the rows of a call that wants a person, as the transfer step writes them."""
    where = {"desk": desk, "priority": priority}
    said: list[tuple[str, float, dict[str, Any]]] = [("started", 0, {"caller": number or f"+86138{call[2:]:0>8}"})]
    if reason:
        said.append(("reason", 0, {"reason": reason}))
    said += [("transfer", 0, where), ("queued", 0, where)]
    if how in ("talked", "talking"):
        said.append(("ring", waited, {"agent": agent, **where}))
    over = waited + talk
    if how == "talked":
        said.append(("talked", over, {"agent": agent, "seconds": talk, "waited": waited, **where}))
    elif how not in ("talking", "waiting"):
        said.append(("left", waited, {"why": how, "waited": waited, **where}))
    if how not in ("talking", "waiting"):
        said.append(("ended", over if how == "talked" else waited, {"reason": "caller"}))
    return rows(call, at, *said)


def counted(*calls: Rows, since: float = NOON, until: float = NOON + DAY, end: float = 0, **how: Any) -> dict[str, Any]:
    tally = ServiceTally(since, until, **how)
    end = end or until + READ_ON
    for row in sorted(chain(*calls), key=lambda row: row.at):
        if since - LONGEST_CALL <= row.at <= end:
            tally.add(row, json.loads(row.data))
    return tally.figures(end) | {"desks": tally.desks()}


def test_a_small_day_gives_the_figures_that_paper_gives() -> None:
    found = counted(
        wish("CA1", NOON, waited=4, talk=100),
        wish("CA2", NOON, waited=20, talk=200),
        wish("CA3", NOON + HOUR, waited=60, talk=300, priority="vip", desk="vip", agent="8002"),
        wish("CA4", NOON, "gone", waited=4),
        wish("CA5", NOON, "gone", waited=45),
        wish("CA6", NOON + HOUR, "choice", waited=30),
        wish("CA7", NOON + HOUR, "full", waited=0, priority="elderly"),
        wish("CA8", NOON + HOUR, "waiting"),
        wish("CA9", NOON + HOUR, "talking", priority="vip", desk="vip", agent="8002"),
        wrap_up=lambda desk: 30.0 if desk == "general" else 60.0,
    )
    every = found["all"]
    # Two of six (nine less one who hung up at once, and two whose end nobody knows) were answered within 20 s.
    assert {name: every[name] for name in ("offered", "answered", "answered_within", "abandoned", "left", "open")} == {
        "offered": 9,
        "answered": 3,
        "answered_within": 2,
        "abandoned": 2,
        "left": 2,
        "open": 2,
    }
    assert every["service_level"] == round(2 / 6, 4)
    assert every["abandonment"] == round(1 / 6, 4)
    assert (every["asa"], every["longest_wait"]) == (28.0, 60)
    assert (every["mean_talk"], every["aht"]) == (200.0, 240.0)
    assert every["left_why"] == {"choice": 1, "full": 1}
    assert found["by_class"]["vip"]["aht"] == 360.0
    assert found["by_class"]["elderly"]["service_level"] == 0.0
    assert found["by_desk"]["vip"]["open"] == 1
    assert found["by_hour"]["12"]["service_level"] == round(2 / 3, 4)
    assert found["by_hour"]["13"]["offered"] == 5
    assert found["by_agent"]["8002"] | {"fcr_too_young": 0} == {
        "rung": 2,
        "refused": 0,
        "answered": 1,
        "mean_talk": 300.0,
        "aht": 360.0,
        "fcr": None,
        "fcr_judged": 0,
        "fcr_too_young": 0,
    }
    assert found["aht_includes"] == "talk and wrap-up as configured"


def test_without_the_desks_handling_is_the_talk_and_says_so() -> None:
    found = counted(wish("CA1", NOON, talk=100))
    assert (found["all"]["aht"], found["aht_includes"]) == (100.0, "talk only")


@pytest.mark.parametrize(("within", "level"), [(9, 0.0), (10, 1.0), (30, 1.0)])
def test_the_seconds_of_the_service_level_are_chosen(within: float, level: float) -> None:
    assert counted(wish("CA1", NOON, waited=10), within=within)["all"]["service_level"] == level


def test_a_wish_counts_where_it_began_whenever_it_is_over() -> None:
    before, after = wish("CA1", NOON - 30, waited=60), wish("CA2", NOON + DAY - 30, waited=60, talk=3 * 3600)
    found = counted(before, after)
    assert (found["all"]["offered"], found["all"]["answered"]) == (1, 1)
    assert list(found["by_agent"]) == ["8001"]
    assert found["all"]["mean_talk"] == 3 * 3600
    assert list(found["by_hour"]) == ["11"]


def test_desks_numbers_are_apart() -> None:
    place = {"desk": "vip", "priority": "vip"}
    found = counted(
        rows(
            "CA1",
            NOON,
            ("transfer", 0, place),
            ("dialled", 20, {"desk": "vip", "status": "busy"}),
            ("dialled", 120, {"desk": "general", "status": "completed", "seconds": 90}),
            ("ended", 120, {}),
        ),
        rows("CA2", NOON, ("transfer", 0, place), ("ended", 9, {})),
        rows("CA3", NOON, ("closed", 0, {"desk": "vip"}), ("outcome", 0, {"outcome": "closed"})),
    )
    assert (found["all"]["offered"], found["all"]["closed"], found["by_desk"]["vip"]["closed"]) == (0, 1, 1)
    vip, general = found["desks"]["vip"], found["desks"]["general"]
    assert (vip["transfers"], vip["busy"], vip["gone"], vip["mean_talk_seconds"]) == (2, 1, 1, None)
    assert (general["transfers"], general["completed"], general["mean_talk_seconds"]) == (1, 1, 90.0)


# callers who come back

ZHANG = "+8613800000001"


def test_who_calls_again_within_a_week_about_the_same_was_not_helped() -> None:
    found = counted(
        wish("CA1", NOON, number=ZHANG, reason="loss", agent="8001"),
        wish("CA2", NOON + 2 * HOUR, "gone", number=ZHANG, reason="loss"),
        wish("CA3", NOON, number="+8613800000002", reason="loss", agent="8002"),
        wish("CA4", NOON + HOUR, "gone", number="+8613800000002", reason="balance"),
        wish("CA5", NOON + HOUR, number="anonymous", reason="loss"),
        wish("CA6", NOON + HOUR, number="+8613800000003"),
    )
    every = found["all"]
    assert (every["fcr"], every["fcr_judged"]) == (0.5, 2)
    assert (every["fcr_withheld"], every["fcr_without_reason"], every["fcr_too_young"]) == (1, 1, 0)


@pytest.mark.parametrize(("after", "fcr"), [(6.99, 0.0), (7.01, 1.0)])
def test_a_week_is_seven_days(after: float, fcr: float) -> None:
    first = wish("CA1", NOON, number=ZHANG, reason="loss", waited=0, talk=0)
    again = wish("CA2", NOON + after * DAY, "gone", number=ZHANG, reason="loss")
    assert counted(first, again)["all"]["fcr"] == fcr


def test_calls_too_young_to_judge_are_left_out_and_counted() -> None:
    calls = [
        wish("CA1", NOON, number=ZHANG, reason="loss"),
        wish("CA2", NOON + DAY / 2, number="+8613800000002", reason="loss"),
        wish("CA3", NOON + DAY / 2 + HOUR, number="+8613800000002", reason="loss"),
    ]
    every = counted(*calls, end=NOON + 7.2 * DAY)["all"]
    assert (every["fcr"], every["fcr_judged"], every["fcr_too_young"]) == (1.0, 1, 2)


def test_what_came_back_after_the_period_counts_against_it() -> None:
    calls = [wish(f"CA{n}", NOON + n * 3 * DAY, number=ZHANG, reason="loss") for n in range(2)]
    first = counted(*calls)["all"]
    assert (first["fcr"], first["fcr_judged"], first["answered"]) == (0.0, 1, 1)
    second = counted(*calls, since=NOON + 3 * DAY, until=NOON + 4 * DAY)["all"]
    assert (second["fcr"], second["fcr_judged"]) == (1.0, 1)


# laws

some_calls = st.lists(
    st.builds(
        lambda at, how, **rest: (at, how, rest),
        at=st.integers(-8 * 3600, 3 * 86_400),
        how=st.sampled_from(["talked", "gone", "choice", "full", "nobody", "waiting", "talking"]),
        waited=st.integers(0, 400),
        talk=st.integers(0, 4000),
        priority=st.sampled_from(["normal", "vip", "elderly"]),
        desk=st.sampled_from(["general", "vip"]),
        agent=st.sampled_from(["8001", "8002"]),
        number=st.sampled_from(["anonymous", ZHANG, "+8613800000002"]),
        reason=st.sampled_from(["", "loss", "balance"]),
    ),
    max_size=25,
)
ADDS_UP = ("offered", "answered", "answered_within", "abandoned", "abandoned_short", "left", "open")
JUDGED = ("fcr_judged", "fcr_too_young", "fcr_withheld", "fcr_without_reason")


def written(calls: list[Any]) -> list[Rows]:
    return [wish(f"CA{n}", NOON + at, how, **rest) for n, (at, how, rest) in enumerate(calls)]


@settings(max_examples=60)
@given(calls=some_calls)
def test_whatever_callers_do_the_sums_agree(calls: list[Any]) -> None:
    found = counted(*written(calls))
    groups = [found["all"], *(row for name in ("class", "desk", "hour") for row in found[f"by_{name}"].values())]
    for row in groups:
        assert row["offered"] == row["answered"] + row["abandoned"] + row["left"] + row["open"]
        assert row["answered"] == sum(row[name] for name in JUDGED)
        assert row["left"] == sum(row["left_why"].values())
        for name in ("service_level", "abandonment", "fcr"):
            assert row[name] is None or 0 <= row[name] <= 1
        assert (row["service_level"] or 0) + (row["abandonment"] or 0) <= 1.0001
        assert row["asa"] is None or row["asa"] <= row["longest_wait"]
    for group in ("class", "desk", "hour"):
        for name in (*ADDS_UP, *JUDGED):
            assert sum(row[name] for row in found[f"by_{group}"].values()) == found["all"][name], (group, name)
    assert sum(row["answered"] for row in found["by_agent"].values()) == found["all"]["answered"]


@settings(max_examples=60)
@given(calls=some_calls, border=st.integers(1, 3 * 86_400 - 1))
def test_two_periods_are_as_much_as_both_together(calls: list[Any], border: int) -> None:
    rows_of, last = written(calls), NOON + 3 * DAY
    both = counted(*rows_of, until=last)["all"]
    parts = [
        counted(*rows_of, until=NOON + border, end=last + READ_ON)["all"],
        counted(*rows_of, since=NOON + border, until=last)["all"],
    ]
    for name in (*ADDS_UP, *JUDGED, "closed"):
        assert sum(part[name] for part in parts) == both[name], name


@settings(max_examples=30)
@given(calls=some_calls)
def test_nothing_is_held_of_calls_that_are_over(calls: list[Any]) -> None:
    visits = Visits()
    for row in sorted(chain(*written(calls)), key=lambda row: row.at):
        list(visits.add(row, json.loads(row.data)))
    assert len(visits.open) == sum(how in ("waiting", "talking") for _, how, _ in calls)
