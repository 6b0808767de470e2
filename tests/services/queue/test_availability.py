"""Who is there at a moment."""

from __future__ import annotations

from typing import Any

import pytest

from ivr.calendar import Hours
from ivr.diagnostics.problem import Place
from ivr.flow.model import Desk, Reference
from ivr.flow.waiting import Waiting
from ivr.services.queue import availability as there
from ivr.services.queue.state import Agent, Offer, QueueState, Waiter

RULES = Waiting()
NOW = 10_000.0


def waiter(**facts: Any) -> Waiter:
    return Waiter(**{"id": "c", "desk": "general", "priority": "standard", "entered": NOW, "seen": NOW, **facts})


def agent(**facts: Any) -> Agent:
    return Agent(**{"id": "an", "number": "+861", "desks": ("general",), **facts})


def test_a_caller_who_was_silent_for_a_piece_and_the_grace_is_passed_over() -> None:
    bound = RULES.piece + there.GRACE
    assert there.is_waiting(waiter(seen=NOW - bound), RULES, NOW)
    assert not there.is_waiting(waiter(seen=NOW - bound - 1), RULES, NOW)


def test_whoever_waits_for_a_call_back_needs_no_line() -> None:
    assert there.is_waiting(waiter(seen=0.0, by=NOW + 60), RULES, NOW)


@pytest.mark.parametrize("state", ["ringing", "talking", "talked", "left"])
def test_only_who_waits_waits(state: Any) -> None:
    assert not there.is_waiting(waiter(state=state), RULES, NOW)
    assert list(there.waiting(QueueState().put(waiter(state=state)), RULES, NOW)) == []


@pytest.mark.parametrize(
    ("facts", "free", "signed_on", "active"),
    [
        ({"state": "ready"}, True, True, True),
        ({"state": "off"}, False, False, False),
        ({"state": "talking"}, False, True, True),
        ({"state": "wrap_up", "until": NOW + 1}, False, True, True),
        ({"state": "wrap_up", "until": NOW}, True, True, True),
        ({"state": "paused"}, False, True, False),
        ({"state": "paused", "until": NOW - 1}, True, True, True),
        ({"state": "paused", "why": there.UNREACHABLE}, False, False, False),
    ],
)
def test_an_agent_is_free_signed_on_and_active_by_state_and_time(
    facts: dict[str, Any], free: bool, signed_on: bool, active: bool
) -> None:
    somebody = agent(**facts)
    assert there.is_free(somebody, NOW) is free
    assert there.is_signed_on(somebody) is signed_on
    assert there.is_active(somebody, NOW) is active


def test_a_desk_is_served_by_its_own_agents_and_those_it_overflows_to(lines: Any) -> None:
    line = lines()
    assert there.serving(line, "vip") == {"vip", "general"}
    assert there.serving(line, "general") == {"general"}
    assert there.serving(line, "of an older release") == {"general"}


def test_a_call_back_is_due_with_a_number_after_its_pause_while_the_desk_is_open(lines: Any) -> None:
    assert there.is_due(waiter(mark="m"), lines(), NOW)
    assert not there.is_due(waiter(), lines(), NOW)
    assert not there.is_due(waiter(mark="m", not_before=NOW + 1), lines(), NOW)
    never = {"never": Hours.parse("closed")}
    desk = Desk("general", "+861085550100", 30, hours=Reference("never", Place("line.yaml", 1, 1)))
    assert not there.is_due(waiter(mark="m"), lines(desks={"general": desk}, hours=never), NOW)


@pytest.mark.parametrize(("state", "over"), [("ringing", False), ("answered", False), ("taken", False), ("over", True)])
def test_an_offer_is_over_when_nothing_can_come_of_it(state: Any, over: bool) -> None:
    assert there.is_over(Offer(id="l", waiter="c", agent="an", made=1, until=2, desk="d", state=state)) is over
