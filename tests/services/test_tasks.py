from __future__ import annotations

import re

import pytest

from ivr.services.queue.callback_log import CALLBACKS
from ivr.services.staff_words import NoSuchCase, StaffError
from ivr.services.tasks import OPEN_TASKS, NewTask, Tasks, due_of, promised_by, task_id, task_kind
from ivr.stores.sqlite import SqliteStore
from tests.customers import ZHANG

NOW = 1795399200.0  # 2026-11-23T10:00+08:00
NEW = NewTask("unhappy", int(NOW) + 3600, call="CA1", number=ZHANG)


@pytest.fixture
def tasks(store: SqliteStore) -> Tasks:
    return Tasks(store)


def test_a_key_opens_one_task_with_a_number_of_its_own(tasks: Tasks) -> None:
    task = tasks.open(NEW, key="k", now=NOW)
    assert tasks.open(NEW, key="k", now=NOW + 60) == task == tasks.opened_by("k")
    assert re.fullmatch(r"K261123\d{5}", task_id(task))
    assert (due_of(task), promised_by(task)) == (int(NOW) + 3600, "2026-11-23T11:00:00+08:00")
    assert tasks.opened_by("other") is None


def test_the_earliest_promise_is_the_first_on_the_list(tasks: Tasks) -> None:
    for seconds in (900, 300, 600):
        tasks.open(NewTask("call_back", int(NOW) + seconds), key=str(seconds), now=NOW)
    assert [due_of(task) - int(NOW) for task in tasks.listed()] == [300, 600, 900]


def test_a_task_is_taken_noted_and_done(tasks: Tasks, store: SqliteStore) -> None:
    number = task_id(tasks.open(NEW, key="k", now=NOW))
    assert tasks.take(number.lower(), by="8001", now=NOW)["owner"] == "8001"
    with pytest.raises(StaffError, match="8001 works on it"):
        tasks.take(number, by="8002", now=NOW)
    tasks.note(number[1:], "客户在开会", by="8001", now=NOW + 1)
    assert tasks.done(number, "no_answer", by="8001", now=NOW + 2)["state"] == "open"
    assert tasks.done(number, "solved", by="8002", now=NOW + 3, text="已道歉")["owner"] == "8001"
    assert not store.keys(OPEN_TASKS)
    (task,) = tasks.listed(closed=True)
    assert [(row["did"], row["by"]) for row in task["history"]] == [
        ("take", "8001"), ("note", "8001"), ("no_answer", "8001"), ("solved", "8002")
    ]  # fmt: skip
    assert [attempt["outcome"] for attempt in task["attempts"]] == ["no_answer", "solved"]
    with pytest.raises(StaffError, match="done already"):
        tasks.take(number, by="8001", now=NOW)


def test_what_is_no_task_or_no_outcome_is_refused_and_changes_nothing(tasks: Tasks) -> None:
    with pytest.raises(NoSuchCase):
        tasks.find("K26112300000")
    task = tasks.open(NEW, key="k", now=NOW)
    with pytest.raises(StaffError, match="solved, reached"):
        tasks.done(task_id(task), "fine", by="8001", now=NOW)
    with pytest.raises(StaffError, match="name the one"):
        tasks.take(task_id(task), by=" ", now=NOW)
    assert tasks.find(task_id(task)) == task


def test_a_call_that_people_make_keeps_the_promise_in_the_log(tasks: Tasks, store: SqliteStore) -> None:
    store.change(CALLBACKS, "p", lambda _: {"state": "left", "why": "handed_on", "ended": 1})
    task = tasks.open(NewTask("call_back", int(NOW), promise="p"), key="k", now=NOW)
    tasks.done(task_id(task), "no_answer", by="8001", now=NOW)
    assert store.get(CALLBACKS, "p") == {"state": "left", "why": "handed_on", "ended": 1}
    tasks.done(task_id(task), "reached", by="8001", now=NOW + 5)
    assert store.get(CALLBACKS, "p") == {"state": "left", "why": "by_hand", "ended": int(NOW) + 5}


def test_a_task_of_an_earlier_version_is_worked_on_as_well(tasks: Tasks, store: SqliteStore) -> None:
    old = {"kind": "callback", "call": "CA1", "queue": "vip", "agent": "8001", "reason": "", "number": ZHANG,
           "opened": 1, "clocks": {"callback": {"warn": 2, "due": 3}}, "state": "open", "owner": "",
           "attempts": [], "alarms": {}, "replied": None}  # fmt: skip
    store.change(OPEN_TASKS, "2026-11-23:CA1", lambda _: {})
    store.change("tasks", "2026-11-23:CA1", lambda _: old)
    (task,) = tasks.listed()
    assert (task_id(task), task_kind(task)) == ("2026-11-23:CA1", "unhappy")
    assert tasks.done("2026-11-23:CA1", "solved", by="8001", now=NOW)["state"] == "closed"
