"""The queue as the transfer step asks it."""

from __future__ import annotations

from typing import Any

import pytest

from ivr.engine.service_ports.queue import QueueStatus
from ivr.errors import LookupFailed
from ivr.flow.waiting import Waiting
from ivr.services.queue import agent_context
from ivr.services.queue.availability import REMEMBERED

ZHANG = "+8613800000001"


def test_a_desk_without_agents_is_dialled_as_before(hall: Any) -> None:
    assert hall.enter("a", 0) == {"state": "direct", "number": "+861085550100", "timeout": 30}
    assert not hall.state.waiters


def test_with_every_agent_signed_off_or_unreachable_nobody_is_there(hall: Any) -> None:
    hall.queue.agents.add("w", "+8613900000001", ["general"])
    assert hall.enter("a", 0) == {"state": "nobody"}
    hall.sign_on("w2")
    ring = hall.enter("a", 1)
    assert hall.rang("a", 21, "no-answer") == {"state": "nobody"}
    assert ring["agent"] == "w2"
    hall.queue.agents.ready("w2", hall.at(30))
    assert hall.paired(31) == [], "the caller is elsewhere by now, and is not cut off there"
    assert hall.enter("a", 32)["state"] == "ring"
    assert hall.waiter("a").entered == hall.at(1), "in the same call the time of coming still counts"


def test_an_agent_on_a_break_comes_back_so_callers_wait(hall: Any) -> None:
    hall.sign_on("w")
    hall.queue.agents.pause("w", hall.at(0))
    assert hall.enter("a", 1)["state"] == "wait"


def test_from_waiting_to_talking_and_the_next_one(hall: Any) -> None:
    hall.sign_on("w")
    ring = hall.enter("a", 0)
    assert ring == {
        "state": "ring",
        "agent": "w",
        "number": "+8613800000001",
        "leg": ring["leg"],
        "timeout": 20,
        "record": False,
    }
    waits = hall.enter("b", 1)
    assert waits == {
        "state": "wait",
        "position": 1,
        "minutes": None,
        "longer": False,
        "due": True,
        "piece": 15.0,
        "call_back": False,
    }
    hall.talk("a", ring, 5, 65)
    assert hall.round("b", 70)["due"] is False, "the agent wraps up"
    assert hall.round("b", 95)["state"] == "ring"


def test_of_the_issue_the_vip_of_100_seconds_later_is_first_and_that_of_130_seconds_later_is_not(hall: Any) -> None:
    hall.sign_on("w", 0, ("general", "vip"))
    ring = hall.enter("busy", 0)
    hall.take(ring, 1)
    hall.enter("normal", 10)
    for now in (40, 70, 100):
        hall.round("normal", now)
    hall.enter("vip 100", 110, "vip", priority="vip")
    hall.enter("vip 130", 140, "vip", priority="vip")
    hall.round("normal", 140)
    assert hall.rang("busy", 145)["state"] == "talked"
    assert hall.round("vip 100", 150)["state"] == "wait", "the agent wraps up"
    for now, served, others in ((176, "vip 100", ("normal", "vip 130")), (209, "normal", ("vip 130",))):
        for other in others:
            assert hall.round(other, now)["state"] == "wait"
        hall.talk(served, hall.round(served, now), now + 1, now + 2)


def test_the_same_request_again_gets_the_same_answer_and_rings_nobody_else(hall: Any) -> None:
    for name in ("w1", "w2"):
        hall.sign_on(name)
    ring = hall.enter("a", 0, key="k")
    assert hall.enter("a", 1, key="k") == ring
    again = hall.rang("a", 5, "no-answer", key="k2")
    assert again["agent"] != ring["agent"]
    assert hall.rang("a", 6, "no-answer", key="k2") == again
    assert hall.agent(again["agent"]).state == "ringing"
    assert hall.agent(ring["agent"]).why == "unreachable"


def test_an_announcement_that_is_asked_for_again_is_due_again(hall: Any) -> None:
    hall.sign_on("w")
    hall.take(hall.enter("x", 0), 1)
    assert hall.enter("a", 2, key="k")["due"]
    assert hall.enter("a", 3, key="k")["due"]
    assert not hall.round("a", 15)["due"]
    assert hall.round("a", 77)["due"]
    assert not hall.round("a", 92)["due"]


def test_older_callers_hear_their_place_more_often(hall: Any) -> None:
    hall.sign_on("w")
    hall.take(hall.enter("x", 0), 1)
    hall.enter("a", 2, priority="elderly")
    assert hall.round("a", 52)["due"]


def test_a_place_that_was_told_never_grows(hall: Any) -> None:
    hall.sign_on("w")
    hall.take(hall.enter("x", 0), 1)
    assert hall.enter("a", 2)["position"] == 1
    assert hall.enter("v", 3, "vip", priority="vip")["position"] == 1
    assert hall.round("a", 80)["position"] == 1


def test_who_asks_while_the_queue_thinks_they_talk_has_talked(hall: Any) -> None:
    hall.sign_on("w")
    hall.take(hall.enter("a", 0), 4)
    assert hall.round("a", 34) == {"state": "talked", "agent": "w", "seconds": 30}
    assert hall.agent("w").state == "wrap_up"


def test_a_second_wish_for_a_person_in_the_same_call_waits_anew(hall: Any) -> None:
    hall.sign_on("w")
    hall.talk("a", hall.enter("a", 0, key="first"), 1, 31)
    assert hall.enter("a", 32, key="first")["state"] == "talked"
    assert hall.enter("a", 40, key="second")["state"] == "wait"
    assert hall.waiter("a").entered == hall.at(40)


@pytest.mark.parametrize("status", ["busy", "no-answer", "failed", "canceled", "completed"])
def test_a_leg_that_nobody_took_leaves_the_caller_at_the_same_place(hall: Any, status: str) -> None:
    hall.sign_on("w")
    hall.sign_on("w2")
    hall.queue.agents.pause("w2", hall.at(0))
    hall.enter("a", 1)
    again = hall.rang("a", 20, status)
    assert again["state"] in ("wait", "ring")
    assert hall.waiter("a").entered == hall.at(1)
    states = {"busy": ("paused", "busy"), "failed": ("paused", "failed"), "canceled": ("ringing", "")}
    assert (hall.agent("w").state, hall.agent("w").why) == states.get(status, ("paused", "unreachable"))


def test_busy_agents_are_rung_again_after_a_minute_and_those_who_refuse_after_less(hall: Any) -> None:
    hall.sign_on("w")
    ring = hall.enter("a", 0)
    hall.rang("a", 1, "busy")
    assert hall.round("a", 55)["state"] == "wait"
    ring = hall.round("a", 61)
    assert hall.queue.legs.answered(ring["leg"], hall.at(62))
    assert hall.queue.legs.key(ring["leg"], "2", hall.at(63)).state == "refused"
    assert hall.rang("a", 64)["state"] == "wait"
    assert hall.round("a", 94)["state"] == "ring"


def test_hanging_up_frees_the_agent_and_keeps_the_place_for_the_same_number(hall: Any) -> None:
    hall.sign_on("w")
    hall.take(hall.enter("x", 0), 1)
    hall.enter("a", 10, caller=ZHANG)
    hall.enter("b", 20)
    hall.leave("a", 130)
    assert hall.ask("place", 200, number=ZHANG) == {"waited": 2, "position": 1}
    assert hall.enter("a again", 200, caller=ZHANG)["state"] == "wait"
    assert hall.waiter("a again").entered == hall.at(10)
    with pytest.raises(LookupFailed) as failed:
        hall.ask("place", 201, number=ZHANG)
    assert failed.value.missing


def test_who_comes_back_to_the_place_need_not_tell_the_story_again_but_has_proved_nothing(hall: Any) -> None:
    hall.sign_on("w")
    hall.talk("x", hall.enter("x", 0), 1, 60)
    told = {"path": ["查询余额"], "typed": {"card": "***0128", "sum": "9"}}
    hall.enter("a", 61, caller=ZHANG, level=1, customer="C1", reason="balance", context=told)
    hall.leave("a", 70)
    again = hall.enter("b", 100, caller=ZHANG, context={"path": ["接着等人工"], "typed": {"sum": "7"}})
    assert again["state"] == "ring"
    whisper = hall.queue.legs.answered(again["leg"], hall.at(101))
    assert (whisper.level, whisper.reason) == (0, "balance")
    assert whisper.typed == {"card": "***0128", "sum": "7"}
    known = agent_context.unseal_context(hall.waiter("b").sealed, hall.queue.seal)
    assert (known.path, known.customer) == (("查询余额", "接着等人工"), "")


@pytest.mark.parametrize(
    ("caller", "why", "after"), [("anonymous", "gone", 10), (ZHANG, "menu", 10), (ZHANG, "gone", 700)]
)
def test_no_place_is_kept_for_withheld_numbers_for_who_chose_to_leave_or_for_ever(
    hall: Any, caller: str, why: str, after: float
) -> None:
    hall.sign_on("w")
    hall.take(hall.enter("x", 0), 1)
    hall.enter("a", 2, caller=caller)
    hall.leave("a", 10, why)
    assert hall.enter("b", 10 + after, caller=caller)["state"] == "wait"
    assert hall.waiter("b").entered == hall.at(10 + after)


def test_hanging_up_while_an_agent_rings_or_talks_frees_the_agent(hall: Any) -> None:
    hall.sign_on("w")
    hall.enter("a", 0)
    assert hall.leave("a", 3) == {}
    assert hall.agent("w").state == "ready"
    hall.take(hall.enter("b", 4), 5)
    assert hall.leave("b", 65) == {"state": "talked", "agent": "w", "seconds": 60}
    assert hall.agent("w").state == "wrap_up"
    assert hall.leave("b", 66)["seconds"] == 60
    assert hall.leave("never here", 66) == {}


def test_who_is_not_heard_of_is_passed_over_then_forgotten_and_finds_the_place_again(hall: Any) -> None:
    hall.sign_on("w")
    hall.take(hall.enter("x", 0), 1)
    hall.enter("silent", 2)
    hall.enter("b", 3)
    hall.rang("x", 20)
    hall.round("b", 48)
    assert hall.round("b", 51)["state"] == "ring", "the silent one was passed over"
    with pytest.raises(LookupFailed) as failed:
        hall.round("silent", 200)
    assert failed.value.missing
    hall.enter("silent", 201)
    assert hall.waiter("silent").entered == hall.at(2)


def test_lost_webhooks_hold_no_agent_for_ever(hall: Any) -> None:
    hall.sign_on("w")
    hall.enter("a", 0)
    assert hall.enter("b", 60)["state"] == "wait"
    assert hall.round("b", 70)["state"] == "wait", "the first caller may still ask"
    assert hall.round("b", 100)["state"] == "wait"
    hall.take(hall.round("b", 116), 117)
    hall.queue.tidy(hall.at(117 + 14_401))
    assert hall.agent("w").state == "wrap_up"


def test_what_is_over_is_forgotten_after_a_while(hall: Any) -> None:
    hall.sign_on("w")
    hall.talk("a", hall.enter("a", 0), 1, 31)
    hall.queue.tidy(hall.at(31 + REMEMBERED))
    assert "a" in hall.state.waiters
    hall.queue.tidy(hall.at(33 + REMEMBERED))
    assert not hall.state.waiters
    assert not hall.state.offers


def test_too_many_waiting_is_full_but_not_for_fraud_nor_while_an_agent_is_free(halls: Any, lines: Any) -> None:
    hall = halls(lines(waiting=Waiting(most=1)))
    hall.sign_on("w")
    hall.take(hall.enter("x", 0), 1)
    assert hall.enter("a", 2)["state"] == "wait"
    assert hall.enter("b", 3) == {"state": "full"}
    assert hall.enter("c", 4, priority="fraud")["state"] == "wait"
    hall.leave("c", 5)
    hall.sign_on("w2", 5, ("vip",))
    assert hall.enter("d", 6, "vip", priority="vip")["state"] == "ring"


def test_the_same_agent_takes_the_next_call_of_a_number(hall: Any) -> None:
    for name in ("w1", "w2", "w3"):
        hall.sign_on(name)
    first = hall.enter("a", 0, caller=ZHANG)
    hall.talk("a", first, 1, 31)
    hall.queue.agents.ready(first["agent"], hall.at(32))
    assert hall.enter("b", 40, caller=ZHANG)["agent"] == first["agent"]
    assert hall.enter("c", 41)["agent"] != first["agent"]


def test_where_the_carriers_router_matches_nobody_enters_the_queue(halls: Any) -> None:
    hall = halls(carrier_router=lambda question, rules: QueueStatus(state="router", workflow=question.desk))
    assert hall.enter("a", 0, "vip") == {"state": "router", "workflow": "vip", "priority": 0, "task": {}}
    assert not hall.state.waiters


def test_a_question_that_is_wrong_is_refused_without_its_values(hall: Any) -> None:
    for question, given in (
        ("enter", {"call": "a", "desk": "general", "priority": "4711 is secret"}),
        ("enter", {"call": 4711, "desk": "general"}),
        ("round", {}),
        ("fly", {"to": "4711"}),
    ):
        with pytest.raises(LookupFailed) as failed:
            hall.ask(question, 0, **given)
        assert "4711" not in str(failed.value)


def test_names_numbers_and_entries_are_not_on_the_board_in_clear(hall: Any) -> None:
    hall.sign_on("w")
    context = {"path": ["挂失"], "typed": {"card": "***0128"}}
    hall.enter("a", 0, caller="+8613912345678", name="张伟", reason="card lost", context=context)
    hall.enter("b", 1, caller="+8613912345678", name="张伟", reason="card lost", context=context)
    kept = b"".join(body or b"" for body in hall.store.rows_since(0)[1].values())
    for secret in ("13912345678", "张伟", "card lost", "挂失", "0128"):
        assert secret.encode() not in kept


def test_a_restart_finds_agents_waiters_and_places(halls: Any, tmp_path: Any) -> None:
    from ivr.stores.sqlite import SqliteStore

    store = SqliteStore(tmp_path / "ivr.db")
    before = halls(store=store)
    before.sign_on("w")
    before.take(before.enter("x", 0), 1)
    before.enter("a", 2)
    after = halls(store=store)
    assert after.agent("w").state == "talking"
    assert after.rang("x", 20)["state"] == "talked"
    assert after.round("a", 51)["state"] == "ring"
    assert before.round("a", 52)["state"] == "ring", "the other process sees it too"
    store.close()


def test_a_desk_of_an_older_release_falls_to_the_one_for_all(hall: Any) -> None:
    hall.sign_on("w")
    assert hall.enter("a", 0, "gone desk")["state"] == "ring"
