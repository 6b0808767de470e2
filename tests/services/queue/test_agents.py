"""Agents come, go and pause."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ivr.flow.model import Hotline
from ivr.services.queue.agents import AgentsError


def with_telephones(hall: Any, *allowed: str) -> Hotline:
    return replace(hall.line, waiting=replace(hall.line.waiting, agent_telephones=allowed))


def test_agents_are_listed_by_name_and_changed_in_place(hall: Any) -> None:
    hall.queue.take_line(with_telephones(hall, "+8610", "sip:pbx.example.com"))
    agents = hall.queue.agents
    agents.add("zhang.wei", "+861085550101", ["vip"], languages=("zh-CN", "en-US"))
    agents.add("1024", "sip:1024@pbx.example.com", ["general", "vip"])
    assert [agent.id for agent in agents.agents()] == ["1024", "zhang.wei"]
    agents.ready("1024", hall.at(0))
    agents.add("1024", "+861085550102", ["general"])
    assert hall.agent("1024").state == "ready"
    assert hall.agent("1024").number == "+861085550102"
    agents.remove("1024")
    assert [agent.id for agent in agents.agents()] == ["zhang.wei"]


@pytest.mark.parametrize(
    ("name", "number", "desks", "site", "why"),
    [
        ("a b", "+861085550101", ["vip"], "", "name"),
        ("", "+861085550101", ["vip"], "", "name"),
        ("w", "110", ["vip"], "", "country code"),
        ("w", "+8616812345678", ["vip"], "", "agent_telephones"),
        ("w", "+8816123456789", ["vip"], "", r"agent_telephones of the queue in line.yaml allows \(\+86\)"),
        ("w", "sip:1024@pbx.example.com", ["vip"], "", "agent_telephones"),
        ("w", "+861085550101", [], "", "general, vip"),
        ("w", "+861085550101", ["vpi"], "", 'no desk "vpi"'),
        ("w", "+861085550101", ["vip"], "mars", 'no site "mars"'),
    ],
)
def test_what_cannot_be_is_refused_with_the_reason(
    hall: Any, name: str, number: str, desks: list[str], site: str, why: str
) -> None:
    with pytest.raises(AgentsError, match=why):
        hall.queue.agents.add(name, number, desks, site=site)


def test_no_agent_signs_on_with_a_telephone_that_line_yaml_allows_no_more(hall: Any) -> None:
    hall.sign_on("w")
    hall.queue.take_line(with_telephones(hall, "+8610"))
    with pytest.raises(AgentsError, match="agent_telephones"):
        hall.queue.agents.ready("w", hall.at(1))


def test_one_telephone_is_one_agents(hall: Any) -> None:
    hall.queue.agents.add("a", "+861085550101", ["vip"])
    with pytest.raises(AgentsError, match="agent a has this number"):
        hall.queue.agents.add("b", "+861085550101", ["vip"])


@pytest.mark.parametrize("what", ["ready", "pause", "off"])
def test_an_agent_who_is_not_there_is_named_with_those_who_are(hall: Any, what: str) -> None:
    hall.sign_on("w")
    with pytest.raises(AgentsError, match=r'no agent "x"; there are w'):
        getattr(hall.queue.agents, what)("x", hall.at(0))


def test_ready_again_ends_a_pause_a_wrap_up_and_being_unreachable(hall: Any) -> None:
    hall.sign_on("w")
    hall.enter("a", 0)
    hall.rang("a", 20, "no-answer")
    hall.queue.agents.ready("w", hall.at(21))
    hall.talk("a", hall.enter("a", 22), 23, 40)
    assert hall.agent("w").state == "wrap_up"
    hall.queue.agents.ready("w", hall.at(41))
    assert hall.enter("b", 42)["state"] == "ring"


def test_ready_said_twice_does_not_move_an_agent_behind_the_others(hall: Any) -> None:
    hall.sign_on("first", 0)
    hall.sign_on("second", 1)
    hall.queue.agents.ready("first", hall.at(5))
    assert hall.enter("a", 6)["agent"] == "first"


def test_a_site_that_is_not_in_the_line_is_refused(hall: Any) -> None:
    with pytest.raises(AgentsError, match='no site "mars"'):
        hall.queue.agents.site("mars", down=True)


def test_where_no_carrier_can_be_asked_ready_ends_a_talk_at_once(hall: Any) -> None:
    hall.sign_on("w")
    hall.take(hall.enter("a", 0), 1)
    hall.queue.agents.pause("w", hall.at(2))
    assert hall.queue.agents.ready("w", hall.at(3)).state == "talking", "it takes the pause back"
    assert hall.queue.agents.ready("w", hall.at(4)).state == "ready"
    assert hall.waiter("a").state == "talked"
    assert hall.enter("b", 5)["state"] == "ring"
