"""Which agent takes which caller."""

from __future__ import annotations

from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from ivr.diagnostics.problem import Place
from ivr.flow.model import Desk, Hotline, Reference, Site
from ivr.flow.own_classes import PRIORITIES
from ivr.flow.waiting import PREEMPTING, Waiting
from ivr.services.queue.access import may_serve
from ivr.services.queue.matching import match
from ivr.services.queue.state import Agent, QueueState, Waiter


def to(name: str) -> Reference:
    return Reference(name, Place("line.yaml", 1, 1))


def rung(hall: Any, call: str, now: float, desk: str = "general", **given: Any) -> str:
    status = hall.enter(call, now, desk, **given)
    return str(status.get("agent", status["state"]))


def test_the_longest_idle_agent_is_rung(hall: Any) -> None:
    for name, now in (("late", 2), ("early", 0), ("later", 3)):
        hall.sign_on(name, now)
    assert [rung(hall, str(n), 10) for n in range(3)] == ["early", "late", "later"]


def test_own_agents_come_before_helpers_and_specialists_before_others(hall: Any) -> None:
    hall.sign_on("both", 0, ("general", "vip"))
    hall.sign_on("vip_only", 1, ("vip",))
    hall.sign_on("helper", 0, ("general",))
    order = [rung(hall, str(n), 10, "vip", priority="vip") for n in range(3)]
    assert order == ["vip_only", "both", "helper"]


def test_the_agent_who_was_talked_to_last_comes_before_those_of_the_own_desk(hall: Any) -> None:
    hall.sign_on("helper", 0, ("general",))
    hall.talk("first", hall.enter("first", 1, caller="+8613800000001"), 2, 60)
    hall.sign_on("own", 70, ("vip",))
    hall.queue.agents.ready("helper", hall.at(70))
    assert rung(hall, "stranger", 100, "vip", caller="+8613900000009") == "own"
    hall.rang("stranger", 101, "canceled")
    hall.leave("stranger", 102)
    assert rung(hall, "again", 200, "vip", caller="+8613800000001") == "helper"


def test_helpers_serve_only_who_has_waited_long_enough_for_own_agents(halls: Any, lines: Any) -> None:
    vip = Desk("vip", "+861085550188", 20, overflow=lines().desks["vip"].overflow, overflow_after=30.0)
    hall = halls(lines(desks={"general": lines().desks["general"], "vip": vip}))
    hall.sign_on("helper")
    assert rung(hall, "a", 10, "vip") == "wait"
    assert hall.round("a", 39)["state"] == "wait"
    assert hall.round("a", 40)["agent"] == "helper"


def test_reserved_agents_help_others_only_after_having_had_nothing_to_do(hall: Any) -> None:
    hall.sign_on("vip_agent", 0, ("vip",))
    assert rung(hall, "a", 9) == "wait"
    assert rung(hall, "v", 9.5, "vip", priority="vip") == "vip_agent"
    hall.rang("v", 9.6, "canceled")
    hall.leave("v", 9.7)
    assert hall.round("a", 10)["agent"] == "vip_agent"


def test_an_agent_of_two_desks_is_reserved_for_neither_against_the_other(halls: Any, lines: Any) -> None:
    """An older caller was passed by everybody while the agent, of the general desk too, was never idle for long."""
    elderly = Desk("elderly", "+861085550165", 40, overflow=lines().desks["vip"].overflow)
    hall = halls(lines(desks={**lines().desks, "elderly": elderly}))
    hall.sign_on("both", 0, ("general", "vip"))
    hall.take(hall.enter("x", 0), 1)
    hall.enter("older", 20, "elderly", priority="elderly")
    hall.enter("later", 21)
    hall.rang("x", 30)
    hall.queue.agents.ready("both", hall.at(30))
    assert hall.paired(31) == ["older"]


@pytest.mark.parametrize("held_back", ["reserved", "overflow_after", "language"])
def test_nothing_holds_an_agent_back_from_a_caller_past_the_bound(halls: Any, lines: Any, held_back: str) -> None:
    general, vip = lines().desks.values()
    desk = {
        "reserved": Desk("vip", "+861085550188", 20, reserved=300.0),
        "overflow_after": Desk("vip", "+861085550188", 20, overflow=vip.overflow, overflow_after=600.0),
        "language": vip,
    }[held_back]
    hall = halls(lines(desks={"general": general, "vip": desk}, waiting=Waiting(bound=100.0)))
    hall.sign_on("w", 0, ("vip",) if held_back == "reserved" else ("general",))
    hall.sign_on("busy", 0, ("vip",), languages=("en",))
    hall.take(hall.enter("x", 0, "vip", language="en"), 1)
    waits = {"desk": "general" if held_back == "reserved" else "vip"}
    hall.enter("first", 0, **waits, language="en" if held_back == "language" else "zh")
    for now in (30, 60, 90):
        hall.round("first", now)
    assert hall.paired(99) == []
    assert hall.paired(100) == ["first"]


def test_an_agent_who_signed_on_at_a_machine_whose_clock_is_fast_is_rung_at_once(hall: Any) -> None:
    hall.sign_on("w", 3)
    assert rung(hall, "a", 1) == "w"


def test_agents_of_desks_that_reserve_nothing_keep_to_their_own(hall: Any) -> None:
    hall.sign_on("g", 0)
    hall.sign_on("v", 0, ("vip",))
    assert rung(hall, "a", 1) == "g"


def test_who_speaks_the_language_is_waited_for_until_the_bound(hall: Any) -> None:
    hall.sign_on("zh")
    hall.sign_on("en", 0, languages=("zh-CN", "en-US"))
    hall.take(hall.enter("a", 1, language="en-GB"), 1)
    assert hall.waiter("a").agent == "en"
    assert rung(hall, "b", 2, language="en-GB") == "wait"
    for now in range(30, 180, 30):
        hall.round("b", now)
    assert hall.round("b", 182)["agent"] == "zh"


def test_a_language_that_nobody_speaks_keeps_nobody_waiting(hall: Any) -> None:
    hall.sign_on("zh")
    assert rung(hall, "a", 1, language="fr-FR") == "zh"


def test_a_caller_whom_only_one_agent_fits_gets_that_one(hall: Any) -> None:
    """The first caller would have been given the very agent, who had been idle for longer."""
    hall.sign_on("en", 0, languages=("zh", "en"))
    hall.sign_on("zh", 1)
    hall.queue.agents.pause("zh", hall.at(1))
    hall.queue.agents.pause("en", hall.at(1))
    hall.enter("zh caller", 2)
    hall.enter("en caller", 3, language="en")
    hall.queue.agents.ready("en", hall.at(4))
    hall.queue.agents.ready("zh", hall.at(5))
    assert hall.round("en caller", 6)["agent"] == "en"
    assert hall.round("zh caller", 6)["agent"] == "zh"


def test_an_agent_meant_for_an_earlier_caller_is_not_given_away(hall: Any) -> None:
    hall.sign_on("w")
    hall.take(hall.enter("x", 0), 1)
    for call in ("a", "b"):
        hall.enter(call, 2)
    hall.rang("x", 3)
    assert hall.round("b", 40)["state"] == "wait"
    assert hall.round("a", 41)["state"] == "ring"


def test_sites_share_calls_by_weight(halls: Any, lines: Any) -> None:
    hall = halls(lines(sites={"north": Site("north", 3), "south": Site("south", 1)}))
    for number in range(4):
        hall.sign_on(f"n{number}", 0, site="north")
        hall.sign_on(f"s{number}", 0, site="south")
    for number in range(40):
        hall.enter(str(number), number)
        hall.leave(str(number), number)
    given = [offer.agent[0] for offer in hall.state.offers.values()]
    assert (given.count("n"), given.count("s")) == (30, 10)


def test_a_site_whose_dials_fail_is_passed_over_for_a_minute_unless_nobody_else_is_free(halls: Any, lines: Any) -> None:
    hall = halls(lines(sites={"north": Site("north", 9), "south": Site("south", 1)}))
    for number in range(4):
        hall.sign_on(f"n{number}", 0, site="north")
    for call in "abc":
        hall.enter(call, 1)
        hall.rang(call, 2, "failed")
        hall.leave(call, 2)
    hall.sign_on("s0", 3, site="south")
    assert rung(hall, "d", 4) == "s0"
    assert rung(hall, "e", 5)[0] == "n", "better a site that may be broken than nobody"
    hall.leave("e", 6)
    hall.sign_on("s1", 7, site="south")
    assert rung(hall, "f", 62)[0] == "n"


def test_only_dials_that_fail_in_a_row_let_a_site_be_passed_over(halls: Any, lines: Any) -> None:
    hall = halls(lines(sites={"north": Site("north", 9), "south": Site("south", 1)}))
    for number in range(5):
        hall.sign_on(f"n{number}", 0, site="north")
    for call, status in (("a", "failed"), ("b", "failed"), ("c", ""), ("d", "failed")):
        offer = hall.enter(call, 1)
        if status:
            hall.rang(call, 2, status)
        else:
            hall.take(offer, 2)
        hall.leave(call, 3)
    hall.sign_on("s0", 4, site="south")
    assert rung(hall, "e", 5)[0] == "n", "the one that was answered ended the row"


def test_a_site_that_is_said_to_be_down_is_passed_over_until_it_is_up(halls: Any, lines: Any) -> None:
    hall = halls(lines(sites={"north": Site("north", 9), "south": Site("south", 1)}))
    hall.sign_on("n", 0, site="north")
    hall.sign_on("s", 0, site="south")
    hall.queue.agents.site("north", down=True)
    assert rung(hall, "a", 1000) == "s"
    hall.leave("a", 1001)
    hall.queue.agents.site("north", down=False)
    assert rung(hall, "b", 1002) == "n"


@pytest.mark.parametrize("priority", ["vip", "fraud", "elderly"])
def test_the_urgent_never_wait_behind_a_same_time_caller_while_an_agent_is_free(hall: Any, priority: str) -> None:
    hall.sign_on("w", 0, ("general", "vip"))
    hall.queue.agents.pause("w", hall.at(0))
    hall.enter("a normal", 1)
    hall.enter("b urgent", 1, "vip", priority=priority)
    hall.queue.agents.ready("w", hall.at(2))
    assert hall.round("a normal", 3)["state"] == "wait"
    assert hall.round("b urgent", 3)["state"] == "ring"


def test_waiting_rules_of_the_line_hold(halls: Any, lines: Any) -> None:
    hall = halls(lines(waiting=Waiting(head_starts={"vip": 5.0})))
    hall.sign_on("w", 0, ("general", "vip"))
    hall.queue.agents.pause("w", hall.at(0))
    hall.enter("normal", 1)
    hall.enter("vip", 7, "vip", priority="vip")
    hall.queue.agents.ready("w", hall.at(8))
    assert hall.round("vip", 8)["state"] == "wait"


NAMES = ("general", "vip", "elderly", "loans")
WAIT_LIMITS = st.sampled_from((0.0, 20.0, 120.0))


@st.composite
def random_lines(draw: st.DrawFn) -> Hotline:
    """Any desks, each with any overflow and reserve."""
    names = NAMES[: draw(st.integers(1, 4))]
    desks = {
        name: Desk(
            name,
            "+861085550100",
            30,
            overflow=tuple(to(other) for other in draw(st.lists(st.sampled_from(names), unique=True)) if other != name),
            overflow_after=draw(WAIT_LIMITS),
            reserved=draw(st.none() | WAIT_LIMITS),
        )
        for name in names
    }
    return Hotline({}, desks, names[0])


@st.composite
def moments(draw: st.DrawFn) -> tuple[Hotline, QueueState, float]:
    """Any callers and free agents at a moment."""
    line, now = draw(random_lines()), 1_000.0
    desks = st.sampled_from(tuple(line.desks))
    languages = st.sampled_from(("zh", "en"))
    came = st.integers(600, 1_000).map(float)
    waiters = [
        Waiter(
            id=f"call{n}",
            desk=draw(desks),
            priority=draw(st.sampled_from(PRIORITIES)),
            entered=draw(came),
            seen=now,
            language=draw(languages),
        )
        for n in range(draw(st.integers(0, 7)))
    ]
    agents = [
        Agent(
            id=f"agent{n}",
            number=f"+8613800000{n:03d}",
            desks=tuple(draw(st.lists(desks, min_size=1, unique=True))),
            languages=tuple(draw(st.lists(languages, min_size=1, unique=True))),
            state="ready",
            idle=draw(came),
        )
        for n in range(draw(st.integers(0, 5)))
    ]
    return line, QueueState().put(*waiters, *agents), now


@settings(max_examples=600, deadline=None)
@given(moments())
def test_past_the_bound_nobody_is_passed_whatever_desks_reserves_overflows_and_languages(
    moment: tuple[Hotline, QueueState, float],
) -> None:
    line, state, now = moment
    pairs = match(state, line, now, calls_back=False)
    served = {pair.waiter.id for pair in pairs}
    past = [one for one in state.waiters.values() if now - one.entered >= line.waiting.bound and one.id not in served]
    for waiting in past:
        for pair in pairs:
            if pair.waiter.entered > waiting.entered and pair.waiter.priority not in PREEMPTING:
                assert not may_serve(line, pair.agent, waiting.desk), f"{waiting} is passed by {pair}"
        taken = {pair.agent.id for pair in pairs}
        idle = [agent for agent in state.agents.values() if agent.id not in taken]
        assert not any(may_serve(line, agent, waiting.desk) for agent in idle), f"{waiting} waits beside an idle agent"
