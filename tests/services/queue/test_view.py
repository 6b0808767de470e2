"""The queue as operators see it."""

from __future__ import annotations

from typing import Any

from ivr.crypto import Seal
from ivr.services.queue.agent_context import AgentContext, seal_context
from ivr.services.queue.state import Agent, Offer, QueueState, Waiter
from ivr.services.queue.view import agent_view, counts, queue_view

NOW = 1_795_400_000.0


def waiter(call: str, seal: Seal, **facts: Any) -> Waiter:
    sealed = seal_context(AgentContext(number="+8613800000001", name="张伟", reason="loss"), seal)
    facts = {"desk": "general", "priority": "standard", "entered": NOW - 60, "seen": NOW, "sealed": sealed, **facts}
    return Waiter(id=call, **facts)


def test_waiting_callers_come_in_the_order_of_being_served_with_masked_numbers(seal: Seal, lines: Any) -> None:
    state = QueueState().put(waiter("first", seal), waiter("vip", seal, priority="vip"))
    view = queue_view(state, lines(), seal, NOW)
    assert [row["call"] for row in view["waiting"]] == ["vip", "first"]
    assert [row["position"] for row in view["waiting"]] == [1, 2]
    assert view["waiting"][0]["name"] == "张伟"
    assert "13800000001" not in str(view)


def test_a_key_that_opens_nothing_shows_the_queue_without_its_people(seal: Seal, lines: Any) -> None:
    [row] = queue_view(QueueState().put(waiter("c", seal)), lines(), Seal(b"another key of 32 bytes or more."), NOW)[
        "waiting"
    ]
    assert (row["name"], row["reason"], row["waited"]) == ("", "", 60)


def test_call_backs_stand_by_their_promise_and_tell_when_it_is_broken(seal: Seal, lines: Any) -> None:
    late = waiter("late", seal, by=NOW - 1, reference="R1", tries=1)
    view = queue_view(QueueState().put(waiter("soon", seal, by=NOW + 900, reference="R2"), late), lines(), seal, NOW)
    assert [(row["reference"], row["overdue"]) for row in view["call_backs"]] == [("R1", True), ("R2", False)]
    assert view["waiting"] == []


def test_who_talks_stands_with_the_agent_and_waited_until_the_telephone_rang(seal: Seal, lines: Any) -> None:
    leg = Offer(id="leg", waiter="c", agent="an", made=NOW - 20, until=NOW, desk="general", state="taken")
    view = queue_view(QueueState().put(waiter("c", seal, state="talking", offer="leg"), leg), lines(), seal, NOW)
    [row] = view["with_agents"]
    assert (row["agent"], row["waited"], row["position"]) == ("an", 40, None)


def test_agents_are_counted_once_by_state_and_for_each_desk_that_they_serve(seal: Seal, lines: Any) -> None:
    state = QueueState().put(
        Agent(id="a", number="1", desks=("general", "vip"), state="ready"),
        Agent(id="b", number="2", desks=("general",), state="talking"),
        Agent(id="c", number="3", desks=("vip",), state="wrap_up", until=NOW - 1),
        Agent(id="d", number="4", desks=("vip",)),
        waiter("w", seal),
    )
    counted = counts(state, lines(), NOW)
    assert counted["agents"] == {"ready": 2, "busy": 1, "paused": 0, "off": 1}
    assert counted["desks"]["general"] == {"waiting": 1, "longest": 60, "signed_on": 2, "ready": 1, "busy": 1}
    assert counted["desks"]["vip"]["ready"] == 2, "the general desk's agents help out"


def test_an_agent_whose_pause_is_over_is_shown_ready() -> None:
    paused = Agent(id="a", number="1", desks=("general",), state="paused", why="lunch", since=NOW - 30, until=NOW + 1)
    assert agent_view(paused, NOW)["why"] == "lunch"
    assert (agent_view(paused, NOW + 1)["state"], agent_view(paused, NOW + 1)["seconds"]) == ("ready", 31)
    assert agent_view(Agent(id="a", number="1", desks=()), NOW)["seconds"] is None
