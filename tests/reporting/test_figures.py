from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.crypto import Seal
from ivr.engine.ports import JournalRow, Saved
from ivr.reporting.figures import Marks, Period, Tally, figures, rows_since
from ivr.reporting.service_level import ServiceTally
from ivr.services.surveys import Surveys
from ivr.services.tickets.alarms import DeadlineAlarms
from ivr.services.tickets.handling import TicketHandling
from ivr.services.tickets.service import Tickets
from ivr.stores.memory import MemoryStore
from ivr.stores.sqlite import SqliteStore
from tests.asking import ask
from tests.customers import LI, ZHANG

NOW = 1795399200.0  # 2026-11-23T10:00+08:00 is a Monday
DAY = 86400.0


def row(kind: str, call: str = "CA1", at: float = NOW, **data: Any) -> JournalRow:
    return JournalRow(call, 1, at, kind, json.dumps({"flow": "main_menu", "step": "main", **data}))


def write(store: Any, *rows: JournalRow) -> None:
    store.save(Saved(f"CA{id(rows)}", 1, "k", b"", b"", ended=True), rows, expected=None)


def counted(*rows: JournalRow) -> dict[str, Any]:
    tally = Tally()
    for one in rows:
        tally.add(one, json.loads(one.data))
    return tally.figures()


def found_in(store: SqliteStore, since: float, now: float) -> dict[str, Any]:
    return figures(store, store, Period(since, now, now), ServiceTally(since, now))


def scores(surveys: list[dict[str, int | None]]) -> dict[str, Any]:
    marks = Marks()
    for one in surveys:
        marks.add(one)
    return marks.scores()


def test_a_call_without_a_transfer_is_contained() -> None:
    found = counted(
        *(row("started", f"CA{n}") for n in range(4)),
        row("transfer", "CA1", desk="vip", priority="vip"),
        row("dialled", "CA1", desk="vip", status="busy", seconds=0),
        row("transfer", "CA1", desk="general", priority="vip"),
        row("dialled", "CA1", desk="general", status="completed", seconds=90),
        row("transfer", "CA2", desk="general"),
        *(row("ended", f"CA{n}", reason="completed" if n else "caller", seconds=60 + n) for n in range(4)),
    )
    assert found["calls"] == {
        "started": 4,
        "ended": 4,
        "mean_seconds": 61.5,
        "contained": 2,
        "contained_share": 0.5,
        "transferred": 2,
        "reached_a_person": 1,
        "reached_share": 0.5,
        "verified": 0,
        "cut_off": 0,
        "offered_to_go_on": 0,
        "went_on": 0,
        "went_on_share": None,
        "ended_by": {"completed": 3, "caller": 1},
    }


def test_silence_and_misses_are_shares_of_how_often_a_step_asked() -> None:
    found = counted(
        row("no_input", failures=1),
        row("no_match", failures=2),
        row("no_match", failures=3),
        row("outcome", outcome="failed", to="agent"),
        *(row("outcome", outcome="key 1", to="balance") for _ in range(7)),
        row("outcome", step="balance", outcome="next", to="main"),
    )
    assert found["steps"] == {
        "main_menu.main": {
            "asked": 10,
            "no_input": 1,
            "no_match": 2,
            "no_input_share": 0.1,
            "no_match_share": 0.2,
        }
    }


def test_the_worst_step_comes_first() -> None:
    found = counted(row("no_input", step="b"), row("no_input", step="a"), row("no_match", step="a"))
    assert list(found["steps"]) == ["main_menu.a", "main_menu.b"]


def test_identity_and_back_ends_are_counted_by_outcome() -> None:
    found = counted(
        row("identity", outcome="refused", tries=1),
        row("identity", outcome="verified", level=1),
        row("identity", "CA2", outcome="refused", tries=1),
        row("lookup", source="bank.balance", outcome="ok"),
        row("lookup", source="bank.balance", outcome="failed", reason="gone"),
        row("something_new", outcome="?"),
    )
    assert found["identity"] == {"refused": 2, "verified": 1}
    assert found["calls"]["verified"] == 1
    assert found["lookups"] == {"bank.balance": {"failed": 1, "ok": 1}}


def test_calls_that_were_cut_off_and_gone_on_with_are_counted() -> None:
    found = counted(
        row("cut_off", "CA1", place="balance", in_flow="main_menu"),
        row("go_on", "CA2", outcome="offered", earlier="CA1"),
        row("go_on", "CA2", outcome="accepted", earlier="CA1", to="balance"),
        row("go_on", "CA3", outcome="offered", earlier="CA2"),
        row("go_on", "CA3", outcome="declined"),
    )["calls"]
    assert (found["cut_off"], found["offered_to_go_on"], found["went_on"], found["went_on_share"]) == (1, 2, 1, 0.5)


def test_nothing_at_all_has_no_shares(store: SqliteStore) -> None:
    found = found_in(store, NOW - DAY, NOW)
    assert found["calls"]["contained_share"] is None
    assert found["survey"]["nps"] is None
    assert found["tickets"]["open"] == 0
    json.dumps(found, allow_nan=False)


@pytest.mark.parametrize("count", [0, 1, 2, 3, 50, 2500])
@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_rows_of_a_period_are_found_without_reading_all_before(store: SqliteStore, count: int, share: float) -> None:
    since = NOW + round(count * share) * 60
    write(store, *(row("started", f"CA{n}", NOW + n * 60) for n in range(count)))
    asked = 0

    class Counting:
        def journal(self, call_id: str | None = None, *, after: int = 0, limit: int = 1000) -> Any:
            nonlocal asked
            rows = store.journal(call_id, after=after, limit=limit)
            asked += len(rows)
            return rows

    found = [one.call_id for one in rows_since(Counting(), since)]
    assert found == [f"CA{n}" for n in range(count) if NOW + n * 60 >= since]
    assert asked <= len(found) + 60 + 30


def test_rows_that_were_written_a_little_late_are_not_lost() -> None:
    store = MemoryStore()
    write(store, *(row("started", f"CA{n}", NOW + at) for n, at in enumerate([0, 5000, 4990, 5010, 4999])))
    assert [one.call_id for one in rows_since(store, NOW + 4995)] == ["CA1", "CA3", "CA4"]


def test_csat_is_the_share_of_four_and_five_and_nps_a_balance() -> None:
    surveys = [
        {"satisfaction": mark, "recommend": recommend}
        for mark, recommend in [(5, 10), (4, 9), (3, 8), (1, 0), (None, 9), (5, None)]
    ]
    assert scores(surveys) == {"surveys": 6, "csat": 0.6, "csat_answers": 5, "nps": 40.0, "nps_answers": 5}


@given(st.lists(st.tuples(st.none() | st.integers(1, 5), st.none() | st.integers(0, 10))))
def test_scores_stay_within_their_bounds(marks: list[tuple[int | None, int | None]]) -> None:
    found = scores([{"satisfaction": mark, "recommend": recommend} for mark, recommend in marks])
    assert found["csat"] is None or 0 <= found["csat"] <= 1
    assert found["nps"] is None or -100 <= found["nps"] <= 100


def test_complaints_call_backs_and_surveys_are_counted(
    store: SqliteStore, seal: Seal, at: Callable[[str], float]
) -> None:
    tickets, surveys = Tickets(store, seal), Surveys(store)

    def complain(moment: str, number: str, kind: str) -> str:
        given = {"number": number, "kind": kind}
        return str(ask(tickets, "tickets.open", given, key=moment + number, now=at(moment))["ticket"])

    complain("2026-11-02T10:00", LI, "product")
    first = complain("2026-11-23T09:00", ZHANG, "service")
    complain("2026-11-23T09:30", ZHANG, "service")
    complain("2026-11-24T09:30", LI, "policy")
    handling = TicketHandling(store)
    handling.answer(first, {"zh-CN": "已经退费"}, by="8001", now=at("2026-11-23T10:00"))
    handling.close(first, by="8001", now=at("2026-11-23T11:00"))
    for call, satisfaction, recommend, queue in [("A", 5, 10, "vip"), ("B", 1, 2, "general"), ("C", None, None, "vip")]:
        given = {
            "call": call,
            "satisfaction": satisfaction,
            "recommend": recommend,
            "queue": queue,
            "agent": "8001",
            "number": ZHANG,
        }
        ask(surveys, "survey.answer", given, key=call, now=at("2026-11-23T12:00"))

    found = found_in(store, at("2026-11-23T00:00"), at("2026-11-24T13:00"))
    assert found["tickets"] == {
        "taken": 3,
        "by_kind": {"product": 0, "service": 2, "channel": 0, "policy": 1},
        "by_severity": {"ordinary": 3},
        "by_level": {"first": 2, "middle": 1, "high": 0},
        "repeated": 1,
        "reopened": 0,
        "answered": 1,
        "closed": 1,
        "answered_in_time": 1.0,
        "open": 3,
        "first_reply_overdue": 2,
        "final_overdue": 1,
    }
    assert found["tasks"] == {"opened": 1, "by_kind": {"unhappy": 1}, "by_outcome": {}, "open": 1, "overdue": 1}
    survey = found["survey"]
    assert (survey["surveys"], survey["csat"], survey["nps"]) == (3, 0.5, 0.0)
    assert survey["by_queue"]["vip"] == {
        "surveys": 2,
        "csat": 1.0,
        "csat_answers": 1,
        "nps": 100.0,
        "nps_answers": 1,
    }
    assert survey["by_agent"]["8001"]["surveys"] == 3
    assert survey["by_reason"] == {}
    assert list(survey["by_hour"]) == ["12"]
    assert len(list(DeadlineAlarms(store).due(at("2026-11-24T13:00")))) > 0
