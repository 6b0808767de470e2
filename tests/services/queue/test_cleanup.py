"""What is over goes; what may still be asked for stays."""

from __future__ import annotations

from typing import Any

import pytest

from ivr.services.queue.availability import GONE, GRACE, REMEMBERED, UNREACHED
from ivr.services.queue.cleanup import keeps_place, left, tidied
from ivr.services.queue.state import Offer, QueueState, Waiter

NOW = 100_000.0


def waiter(**facts: Any) -> Waiter:
    return Waiter(**{"id": "c", "desk": "general", "priority": "standard", "entered": 1.0, "seen": NOW, **facts})


def test_who_vanished_keeps_the_place_as_if_they_had_hung_up_when_last_seen(lines: Any) -> None:
    line = lines()
    silent = line.waiting.piece + GRACE + GONE
    assert tidied(QueueState().put(waiter(seen=NOW - silent)), line, NOW).waiters["c"].state == "waiting"
    gone = tidied(QueueState().put(waiter(seen=NOW - silent - 1)), line, NOW).waiters["c"]
    assert (gone.state, gone.why, gone.ended) == ("left", "gone", NOW - silent - 1)
    assert keeps_place(gone, line.waiting, NOW)


def test_a_clock_that_jumps_loses_nobody_a_place(lines: Any) -> None:
    line, later = lines(), NOW + 36_000
    gone = tidied(QueueState().put(waiter()), line, later).waiters["c"]
    assert (gone.state, gone.entered) == ("left", 1.0)
    assert keeps_place(gone, line.waiting, later + line.waiting.piece)


def test_whoever_waits_for_a_call_back_does_not_vanish(lines: Any) -> None:
    state = QueueState().put(waiter(seen=1.0, by=NOW + 60))
    assert tidied(state, lines(), NOW) == state


@pytest.mark.parametrize("why", ["gone", "menu"])
def test_a_place_is_kept_only_for_who_dropped_out(why: str, lines: Any) -> None:
    rules = lines().waiting
    assert keeps_place(left(waiter(), why, NOW), rules, NOW + rules.place_kept) is (why == "gone")
    assert not keeps_place(left(waiter(), why, NOW), rules, NOW + rules.place_kept + 1)


def test_rows_of_what_is_over_go_once_no_late_request_can_ask_for_them(lines: Any) -> None:
    over = Offer(id="leg", waiter="c", agent="an", made=1, until=2, desk="general", state="over", ended=NOW)
    state = QueueState().put(waiter(state="talked", ended=NOW), over)
    assert tidied(state, lines(), NOW + REMEMBERED) == state
    later = tidied(state, lines(), NOW + REMEMBERED + 1)
    assert (dict(later.waiters), dict(later.offers)) == ({}, {})


def test_a_promise_that_nobody_has_taken_over_is_never_forgotten(lines: Any) -> None:
    state = QueueState().put(waiter(state="left", why=UNREACHED, ended=NOW, by=NOW))
    assert tidied(state, lines(), NOW + 30 * 86_400) == state
