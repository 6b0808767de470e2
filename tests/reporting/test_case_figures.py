"""Complaints and tasks in a report; `test_figures` counts them together with calls."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from ivr.crypto import Seal
from ivr.reporting.case_figures import documents_after, task_figures, ticket_figures
from ivr.services.tasks import NewTask, Tasks
from ivr.services.tickets.handling import TicketHandling
from ivr.services.tickets.service import Tickets
from ivr.stores.sqlite import SqliteStore
from tests.asking import ask
from tests.customers import ZHANG

NOW = 1795399200.0  # 2026-11-23T10:00+08:00
DAY = 86400.0


@pytest.mark.parametrize(
    ("days", "moved", "in_time"), [(3, False, 1.0), (8, False, 0.0), (8, True, 0.0), (None, False, 0.0)]
)
def test_an_answer_counts_by_the_day_that_was_promised_first(
    store: SqliteStore, seal: Seal, days: int | None, moved: bool, in_time: float, at: Any
) -> None:
    about = {"number": ZHANG, "kind": "service"}
    ticket = str(ask(Tickets(store, seal), "tickets.open", about, key="k", now=NOW)["ticket"])
    handling = TicketHandling(store)
    if moved:
        handling.note(ticket, {"zh-CN": "x"}, by="1", now=NOW + DAY, new_date=date(2026, 12, 24))
    if days:
        handling.answer(ticket, {"zh-CN": "x"}, by="1", now=NOW + days * DAY)
    found = ticket_figures(store, NOW, NOW + 1, NOW + 9 * DAY)
    assert (found["taken"], found["answered"], found["answered_in_time"]) == (1, int(bool(days)), in_time)
    assert ticket_figures(store, NOW, NOW + 1, NOW + 1)["answered_in_time"] is None or days


def test_tasks_are_counted_by_kind_and_how_they_ended(store: SqliteStore) -> None:
    tasks = Tasks(store)
    for kind in ("unhappy", "message", "call_back"):
        tasks.open(NewTask(kind, int(NOW) + 60), key=kind, now=NOW)  # type: ignore[arg-type]
    tasks.done(tasks.listed()[0]["task"], "solved", by="1", now=NOW + 30)
    assert task_figures(store, NOW, NOW + 1, NOW + 61) == {
        "opened": 3,
        "by_kind": {"unhappy": 1, "message": 1, "call_back": 1},
        "by_outcome": {"solved": 1},
        "open": 2,
        "overdue": 2,
    }
    assert task_figures(store, NOW + 1, NOW + 2, NOW + 30)["opened"] == 0


def test_documents_are_read_after_a_key(store: SqliteStore) -> None:
    for key in "abc":
        store.change("things", key, lambda _, key=key: {"key": key})
    assert [document["key"] for document in documents_after(store, "things", "a")] == ["b", "c"]
