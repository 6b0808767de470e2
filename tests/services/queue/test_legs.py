"""The agent's telephone: what is told, the key, and every way in which a leg ends."""

from __future__ import annotations

from typing import Any

import pytest

STATUSES = ("completed", "busy", "no-answer", "failed", "canceled")


@pytest.fixture
def leg(hall: Any) -> str:
    hall.sign_on("w")
    context = {"path": ["挂失"], "typed": {"card": "***0128"}, "last_reasons": ["fees"]}
    told = {"name": "李娜", "level": 2, "reason": "card lost", "context": context, "language": "zh-CN"}
    return str(hall.enter("a", 0, "vip", priority="vip", caller="+8613800000002", **told)["leg"])


def test_who_picks_up_is_told_who_calls_and_what_about(hall: Any, leg: str) -> None:
    told = hall.queue.legs.answered(leg, hall.at(4))
    assert (told.name, told.priority, told.level, told.reason) == ("李娜", "vip", 2, "card lost")
    assert (told.language, told.typed, told.call_back) == ("zh-CN", {"card": "***0128"}, False)
    assert hall.queue.legs.answered(leg, hall.at(5)) == told, "the carrier asks twice"


def test_the_key_takes_the_call_also_twice(hall: Any, leg: str) -> None:
    hall.queue.legs.answered(leg, hall.at(4))
    for _ in range(2):
        assert hall.queue.legs.key(leg, "1", hall.at(9)).state == "taken"
    assert hall.agent("w").state == "talking"
    assert hall.waiter("a").state == "talking"


def test_a_key_that_was_pressed_before_the_carrier_told_of_the_answer_counts(hall: Any, leg: str) -> None:
    assert hall.queue.legs.key(leg, "1", hall.at(9)).state == "taken"


@pytest.mark.parametrize(("key", "why"), [("2", "refused"), ("", "unreachable")])
def test_another_key_refuses_and_none_is_a_mailbox(hall: Any, leg: str, key: str, why: str) -> None:
    hall.queue.legs.answered(leg, hall.at(4))
    assert hall.queue.legs.key(leg, key, hall.at(9)).state == "refused"
    assert (hall.agent("w").state, hall.agent("w").why) == ("paused", why)
    assert hall.waiter("a").state == "waiting"
    assert hall.queue.legs.key(leg, "1", hall.at(10)).state == "gone"


@pytest.mark.parametrize(
    "late", [("answered",), ("key", "2"), ("key", ""), *(("ended", word) for word in STATUSES[1:])]
)
def test_what_comes_late_ends_no_conversation_but_its_own_end_does(hall: Any, leg: str, late: tuple[str, ...]) -> None:
    hall.queue.legs.key(leg, "1", hall.at(5))
    getattr(hall.queue.legs, late[0])(leg, *late[1:], hall.at(20))
    if late[0] != "ended":
        assert hall.agent("w").state == "talking"
    hall.queue.legs.ended(leg, "completed", hall.at(25))
    hall.queue.legs.ended(leg, "completed", hall.at(26))
    assert hall.agent("w").state == "wrap_up"
    assert hall.rang("a", 27)["state"] == "talked"


@pytest.mark.parametrize("status", STATUSES)
def test_a_leg_that_ends_untaken_frees_the_caller_in_whatever_order_the_news_comes(
    hall: Any, leg: str, status: str
) -> None:
    hall.queue.legs.ended(leg, status, hall.at(20))
    after = hall.agent("w")
    assert hall.waiter("a").state == "waiting"
    assert hall.rang("a", 21, status)["state"] in ("nobody", "wait", "ring")
    assert after.state == ("ready" if status == "canceled" else "paused")


def test_a_leg_of_a_caller_who_hung_up_is_gone(hall: Any, leg: str) -> None:
    hall.leave("a", 3)
    assert hall.queue.legs.answered(leg, hall.at(4)) is None
    assert hall.queue.legs.key(leg, "1", hall.at(5)).state == "gone"
    assert hall.agent("w").state == "ready"


def test_an_unknown_leg_changes_nothing(hall: Any, leg: str) -> None:
    before = hall.state
    assert hall.queue.legs.answered("nobody's", hall.at(1)) is None
    assert hall.queue.legs.key("nobody's", "1", hall.at(1)).state == "gone"
    hall.queue.legs.ended("nobody's", "completed", hall.at(1))
    hall.queue.legs.reached("nobody's", "completed", hall.at(1))
    assert hall.state == before


def test_who_signs_off_or_pauses_during_a_call_does_so_after_it(hall: Any, leg: str) -> None:
    hall.queue.legs.key(leg, "1", hall.at(5))
    hall.queue.agents.off("w", hall.at(6))
    assert hall.agent("w").state == "talking"
    hall.rang("a", 30)
    assert hall.agent("w").state == "off"


def test_an_agent_who_is_removed_during_a_call_leaves_the_caller_in_peace(hall: Any, leg: str) -> None:
    hall.queue.legs.key(leg, "1", hall.at(5))
    hall.queue.agents.remove("w")
    assert hall.rang("a", 30)["state"] == "talked"
