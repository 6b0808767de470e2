"""The one order: nobody is overtaken by more than the head start, nobody starves."""

from __future__ import annotations

from itertools import permutations

import hypothesis.strategies as st
import pytest
from hypothesis import given

from ivr.flow.own_classes import PRIORITIES
from ivr.flow.waiting import HEAD_STARTS, PREEMPTING, Waiting
from ivr.services.queue.priority import rank
from ivr.services.queue.state import Waiter

RULES = Waiting()
TIMES = st.integers(0, 4000).map(float)
CALLERS = st.builds(
    lambda name, came, priority: Waiter(id=str(name), desk="general", priority=priority, entered=came, seen=came),
    st.integers(),
    TIMES,
    st.sampled_from(PRIORITIES),
)


def caller(priority: str, came: float) -> Waiter:
    return Waiter(id=f"{priority} {came:g}", desk="general", priority=priority, entered=came, seen=came)


def in_order(now: float, *waiting: Waiter) -> list[str]:
    return [one.id for one in sorted(waiting, key=lambda one: rank(one, RULES, now))]


def test_the_issue_a_vip_100_seconds_later_is_first_and_130_seconds_later_is_not() -> None:
    assert in_order(110, caller("normal", 0), caller("vip", 100)) == ["vip 100", "normal 0"]
    assert in_order(140, caller("normal", 0), caller("vip", 130)) == ["normal 0", "vip 130"]


@pytest.mark.parametrize(("priority", "ahead"), [("complaint", 60), ("elderly", 90), ("vip", 120)])
def test_each_priority_is_ahead_by_its_head_start(priority: str, ahead: float) -> None:
    assert in_order(ahead, caller("normal", 0), caller(priority, ahead - 1))[0] != "normal 0"
    assert in_order(ahead + 1, caller("normal", 0), caller(priority, ahead + 1))[0] == "normal 0"


def test_who_has_waited_to_the_bound_goes_first_in_the_order_of_coming() -> None:
    late_vip, normal, later = caller("vip", 70), caller("normal", 10), caller("normal", 12)
    assert in_order(189, normal, later, late_vip)[0] == "vip 70"
    assert in_order(192, late_vip, later, normal) == ["normal 10", "normal 12", "vip 70"]
    assert in_order(300, late_vip, later, normal) == ["normal 10", "normal 12", "vip 70"]


def test_fraud_goes_before_everyone_but_those_who_waited_as_much_longer_as_its_head_start() -> None:
    assert in_order(900, caller("normal", 0), caller("vip", 0), caller("fraud", 900))[0] == "fraud 900"
    assert in_order(1100, caller("normal", 0), caller("fraud", 1100))[0] == "normal 0"


def test_at_the_same_time_the_more_urgent_is_first() -> None:
    together = [caller(priority, 5) for priority in PRIORITIES]
    for shuffled in permutations(together):
        assert in_order(6, *shuffled) == [one.id for one in reversed(together)]


@given(CALLERS, CALLERS, TIMES)
def test_nobody_is_overtaken_by_more_than_the_head_start(before: Waiter, after: Waiter, now: float) -> None:
    first, second = sorted((before, after), key=lambda one: one.entered)
    if now < second.entered or rank(second, RULES, now) > rank(first, RULES, now):
        return
    allowed = HEAD_STARTS.get(second.priority, 0.0)
    if second.priority in PREEMPTING:
        allowed = max(allowed, RULES.bound)
    assert second.entered - first.entered <= allowed


@given(st.lists(CALLERS, min_size=1, max_size=12), TIMES, TIMES)
def test_whoever_was_ahead_of_you_past_the_bound_was_there_before(
    waiting: list[Waiter], now: float, later: float
) -> None:
    """So nobody starves: once past the bound, only fraud can still come in between."""
    for one in waiting:
        if one.priority in PREEMPTING or now - one.entered < RULES.bound:
            continue
        for other in waiting:
            newcomer = other.entered > one.entered and other.priority not in PREEMPTING
            assert not newcomer or rank(one, RULES, now) < rank(other, RULES, now)
            assert not newcomer or rank(one, RULES, now + later) < rank(other, RULES, now + later)
