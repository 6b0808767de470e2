"""What becomes of a wish for a person, row by row."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ivr.engine.ports import JournalRow
from ivr.reporting.queue_visits import Visit, Visits

NOW = 1795399200.0

Said = tuple[str, float, dict[str, Any]]


def follow(*said: Said, call: str = "CA1") -> tuple[list[tuple[str, str, str]], Visits]:
    visits = Visits()
    found: list[Visit] = []
    for kind, at, data in said:
        whole = {"flow": "main_menu", "step": "agent", **data}
        found += visits.add(JournalRow(call, 1, NOW + at, kind, json.dumps(whole)), whole)
    return [(one.way, one.end, one.why) for one in found], visits


WISH: Said = ("transfer", 0, {"desk": "vip", "priority": "vip"})
QUEUED: Said = ("queued", 0, {"desk": "vip", "priority": "vip", "waited": 0})
ENDED: Said = ("ended", 99, {})


@pytest.mark.parametrize(
    ("said", "over"),
    [
        ([QUEUED, ("talked", 90, {"agent": "1", "waited": 30, "seconds": 60}), ENDED], [("queue", "answered", "")]),
        ([("talked", 90, {"agent": "1", "waited": 9, "seconds": 60})], [("queue", "answered", "")]),
        ([QUEUED, ("left", 20, {"why": "gone", "waited": 20}), ENDED], [("queue", "abandoned", "gone")]),
        ([QUEUED, ("left", 20, {"why": "choice"}), ("outcome", 20, {}), ENDED], [("queue", "left", "choice")]),
        ([("left", 0, {"why": "full"}), ("outcome", 0, {}), ENDED], [("queue", "left", "full")]),
        ([("ring", 0, {"agent": "1"}), ("refused", 20, {"agent": "1"}), ENDED], [("queue", "left", "unknown")]),
        ([("dialled", 9, {"desk": "vip", "status": "completed"}), ENDED], [("direct", "answered", "completed")]),
        ([("dialled", 9, {"desk": "vip", "status": "busy"}), ("outcome", 9, {})], [("direct", "left", "busy")]),
        ([ENDED], [("direct", "abandoned", "gone")]),
        (
            [QUEUED, ("dialled", 60, {"desk": "vip", "status": "completed", "seconds": 9}), ENDED],
            [("queue", "left", "direct"), ("direct", "answered", "completed")],
        ),
        (
            [("queued", 0, {"router": True}), ("dialled", 60, {"desk": "vip", "status": "completed"}), ENDED],
            [("router", "answered", "completed")],
        ),
    ],
)
def test_every_end_is_told_apart(said: list[Said], over: list[tuple[str, str, str]]) -> None:
    found, visits = follow(WISH, *said)
    assert found == over
    assert not visits.open


def test_a_step_that_is_run_again_is_one_wish() -> None:
    found, visits = follow(WISH, QUEUED, WISH, QUEUED, ("talked", 90, {"agent": "1"}))
    assert found == [("queue", "answered", "")]
    other: Said = ("transfer", 0, {"desk": "general", "step": "other"})
    found, visits = follow(WISH, QUEUED, other)
    assert found == [("queue", "left", "unknown")]
    assert visits.open["CA1"].desk == "general"


def test_who_fell_back_to_the_desks_number_had_waited_until_it_was_dialled() -> None:
    visits = Visits()
    rows: list[Said] = [WISH, QUEUED, ("dialled", 100, {"desk": "vip", "status": "completed", "seconds": 60})]
    found = [one for kind, at, data in rows for one in visits.add(JournalRow("CA1", 1, NOW + at, kind, ""), data)]
    assert [(one.way, one.waited, one.seconds) for one in found] == [("queue", 40, 0), ("direct", 0, 60)]


def test_rows_of_calls_without_a_wish_are_passed_over() -> None:
    found, visits = follow(("talked", 1, {"agent": "1"}), ("left", 2, {}), ENDED)
    assert (found, visits.open) == ([], {})
