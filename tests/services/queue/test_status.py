"""What one request of a waiting caller is answered with."""

from __future__ import annotations

from typing import Any

import pytest

from ivr.engine.service_ports.queue import QueueStatus
from ivr.services.queue.state import Agent, QueueState, Waiter
from ivr.services.queue.status import QueueRequest, interval, may_enter, queue_status, talked

NOW = 1_795_400_000.0
READY = Agent(id="an", number="+8610", desks=("general",), state="ready", since=NOW - 600)
BUSY = Agent(id="an", number="+8610", desks=("general",), state="talking", since=NOW - 600)


def waiter(call: str = "c", **facts: Any) -> Waiter:
    facts = {"id": call, "desk": "general", "priority": "standard", "entered": NOW - 60, "seen": NOW - 1, **facts}
    return Waiter(**facts)


def asking(key: str = "k", now: float = NOW) -> QueueRequest:
    return QueueRequest(key, now, f"leg {key}", calls_back=True)


def test_a_desk_without_agents_is_dialled_and_one_whose_agents_went_home_has_nobody(lines: Any) -> None:
    assert may_enter(QueueState(), lines(), "vip") == QueueStatus(state="direct", number="+861085550188", timeout=20)
    assert may_enter(QueueState().put(Agent(id="an", number="1", desks=("vip",))), lines(), "vip") == QueueStatus(
        state="nobody"
    )
    assert may_enter(QueueState().put(BUSY), lines(), "vip") is None, "it overflows to one who is at work"


def test_a_free_agent_is_rung_and_the_same_request_gets_the_same_answer(lines: Any) -> None:
    state, status = queue_status(QueueState().put(waiter(), READY), lines(), "c", asking())
    assert (status.state, status.agent, status.number, status.leg) == ("ring", "an", "+8610", "leg k")
    assert queue_status(state, lines(), "c", asking()) == (state, status)


def test_a_new_request_gives_the_rung_agent_back_and_asks_anew(lines: Any) -> None:
    state, _ = queue_status(QueueState().put(waiter(), READY), lines(), "c", asking("first"))
    state, status = queue_status(state, lines(), "c", asking("second"))
    assert state.offers["leg first"].how == "canceled"
    assert status.leg == "leg second"


def test_position_and_minutes_are_announced_at_once_then_after_the_interval(lines: Any) -> None:
    line = lines()
    state, first = queue_status(QueueState().put(waiter(), BUSY), line, "c", asking("1"))
    assert (first.state, first.position, first.due) == ("wait", 1, True)
    state, soon = queue_status(state, line, "c", asking("2", NOW + line.waiting.announce - 1))
    assert not soon.due
    _, later = queue_status(state, line, "c", asking("3", NOW + line.waiting.announce))
    assert later.due


def test_a_caller_is_never_told_a_place_further_back_than_before(lines: Any) -> None:
    state = QueueState().put(waiter(position=1, told_at=NOW - 500), waiter("vip", priority="vip"), BUSY)
    _, status = queue_status(state, lines(), "c", asking())
    assert status.position == 1


@pytest.mark.parametrize(("entered", "offered"), [(NOW - 600, True), (NOW - 10, False)])
def test_a_call_back_is_offered_where_the_wait_is_long_and_the_place_far(
    entered: float, offered: bool, lines: Any
) -> None:
    others = [waiter(f"before {n}", entered=NOW - 900 + n) for n in range(4)]
    state = QueueState().put(*others, waiter(entered=entered, mark="m"), BUSY)
    assert queue_status(state, lines(), "c", asking())[1].call_back is offered
    withheld = state.put(waiter(entered=entered))
    assert queue_status(withheld, lines(), "c", asking())[1].call_back is False


def test_a_caller_whose_talk_is_over_is_told_so_with_its_seconds() -> None:
    assert talked(waiter(agent="an", seconds=61.6)) == QueueStatus(state="talked", agent="an", seconds=62)


def test_older_callers_are_told_where_they_stand_more_often(lines: Any) -> None:
    assert interval(lines().waiting, "elderly") < interval(lines().waiting, "vip")
