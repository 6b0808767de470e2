"""The state of the queue as a value."""

from __future__ import annotations

from ivr.services.queue.state import Agent, Offer, QueueState, Waiter

WAITER = Waiter(id="c", desk="d", priority="p", entered=1.0, seen=1.0)
AGENT = Agent(id="c", number="+8610", desks=("d",))


def test_putting_and_dropping_leave_the_state_before_as_it_was() -> None:
    before = QueueState().put(WAITER)
    after = before.drop(WAITER)
    assert (len(before.waiters), len(after.waiters)) == (1, 0)
    assert after == QueueState()


def test_things_of_several_kinds_may_have_the_same_id() -> None:
    state = QueueState().put(WAITER, AGENT)
    assert (state.waiters["c"], state.agents["c"]) == (WAITER, AGENT)
    assert dict(state.drop(AGENT).waiters) == {"c": WAITER}


def test_the_last_of_two_with_one_id_counts_and_dropping_what_is_not_there_is_harmless() -> None:
    state = QueueState().put(WAITER, Waiter(id="c", desk="other", priority="p", entered=2.0, seen=2.0))
    assert state.waiters["c"].desk == "other"
    assert state.drop(AGENT) == state


def test_the_offer_of_a_waiter_is_found_until_it_is_dropped() -> None:
    leg = Offer(id="leg", waiter="c", agent="an", made=1, until=2, desk="d")
    rung = Waiter(id="c", desk="d", priority="p", entered=1.0, seen=1.0, offer="leg")
    state = QueueState().put(rung, leg)
    assert state.offer_of(rung) == leg
    assert state.drop(leg).offer_of(rung) is None
    assert state.offer_of(WAITER) is None


def test_who_has_a_promised_time_waits_without_a_line() -> None:
    assert not WAITER.calls_back
    assert Waiter(id="c", desk="d", priority="p", entered=1.0, seen=1.0, by=5.0).calls_back
