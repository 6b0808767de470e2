"""Which agent takes which caller."""

from __future__ import annotations

from typing import Any

import pytest

from ivr.flow.model import Desk, Site, Waiting


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
