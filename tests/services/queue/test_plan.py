"""What is to be done outside of calls, claimed on the state so that no other process does it too."""

from __future__ import annotations

from typing import Any

from ivr.services.queue import plan as plans
from ivr.services.queue.availability import is_waiting
from ivr.services.queue.state import Agent, Offer, QueueState, Waiter

NOW = 1_795_400_000.0


def waiter(**facts: Any) -> Waiter:
    facts = {"id": "c", "desk": "general", "priority": "standard", "entered": NOW - 60, "seen": NOW - 1, **facts}
    return Waiter(**facts)


AGENT = Agent(id="an", number="+8610", desks=("general",), state="ready", since=NOW - 600)


def planned(state: QueueState, line: Any, now: float, **what: bool) -> tuple[QueueState, list[tuple[str, str]]]:
    state, actions = plans.plan(state, line, now, **{"moves": True, "places": True, "shows": True, **what})
    return state, [(action.what, action.waiter.id) for action in actions]


def test_a_caller_for_whom_an_agent_is_free_is_moved_once(lines: Any) -> None:
    state, actions = planned(QueueState().put(waiter(), AGENT), lines(), NOW)
    assert actions == [("move", "c")]
    assert planned(state, lines(), NOW + plans.CLAIMED - 1)[1] == []
    assert planned(state, lines(), NOW + plans.CLAIMED)[1] == [("move", "c")]


def test_a_process_that_cannot_move_callers_claims_none(lines: Any) -> None:
    state = QueueState().put(waiter(), AGENT)
    assert planned(state, lines(), NOW, moves=False, places=False) == (state, [])


def test_a_call_back_rings_the_agent_first_and_shows_whom_the_call_is_for(lines: Any) -> None:
    state = QueueState().put(waiter(by=NOW + 3600, mark="m"), AGENT)
    state, actions = planned(state, lines(), NOW)
    assert actions == [("place", "c"), ("show", "c")]
    assert state.agents["an"].state == "ringing"
    assert planned(state, lines(), NOW + 1)[1] == []


def test_a_ringing_is_shown_once_and_not_when_it_is_old_news(lines: Any) -> None:
    leg = Offer(id="leg", waiter="c", agent="an", made=NOW, until=NOW + 60, desk="general")
    state = QueueState().put(waiter(state="ringing", offer="leg"), leg)
    assert planned(state, lines(), NOW + plans.SHOWN_LATE + 1)[1] == []
    state, actions = planned(state, lines(), NOW)
    assert actions == [("show", "c")]
    assert planned(state, lines(), NOW)[1] == []


def test_a_promise_that_people_took_over_leaves_the_queue_unless_it_is_being_kept(lines: Any) -> None:
    state = QueueState().put(waiter(by=NOW))
    assert plans.handed_on(state, "c", NOW).waiters["c"].why == "handed_on"
    ringing = state.put(waiter(by=NOW, offer="leg"))
    assert plans.handed_on(ringing, "c", NOW) == ringing


def test_a_caller_whom_the_carrier_could_not_move_is_passed_over_until_the_line_asks_again(lines: Any) -> None:
    line = lines()
    state = plans.out_of_reach(QueueState().put(waiter()), "c", line, NOW)
    assert not is_waiting(state.waiters["c"], line.waiting, NOW)
    assert plans.out_of_reach(state, "nobody", line, NOW) == state


def test_a_call_back_that_was_not_placed_is_tried_again_later_and_the_agent_is_free(lines: Any) -> None:
    state, _ = planned(QueueState().put(waiter(by=NOW + 3600, mark="m"), AGENT), lines(), NOW)
    leg = state.waiters["c"].offer
    state = plans.not_placed(state, leg, NOW + 2)
    assert state.agents["an"].state == "ready"
    assert state.waiters["c"].not_before == NOW + 2 + plans.PLACE_AGAIN
