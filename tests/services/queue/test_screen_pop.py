"""What the agent's software is shown while the telephone rings."""

from __future__ import annotations

from ivr.services.queue.agent_context import AgentContext
from ivr.services.queue.screen_pop import screen
from ivr.services.queue.state import Agent, Offer, Waiter

MADE = 1_795_399_200.0
OFFER = Offer(id="leg", waiter="CA1", agent="an", made=MADE, until=MADE + 60, desk="vip")
WAITER = Waiter(id="CA1", desk="vip", priority="vip", entered=MADE - 75.4, seen=MADE, level=1, language="zh-CN")
TOLD = AgentContext(number="+8613800000001", name="张伟", reason="loss", path=("挂失",), typed={"card": "****0128"})


def test_a_screen_names_the_caller_and_cuts_the_number() -> None:
    shown = screen(OFFER, WAITER, Agent(id="an", number="+8610", desks=("vip",)), TOLD)
    assert (shown["name"], shown["number_tail"], shown["reason"], shown["waited"]) == ("张伟", "0001", "loss", 75)
    assert shown["typed"] == {"card": "****0128"}
    assert "+8613800000001" not in str(shown)


def test_a_screen_is_shown_of_an_agent_who_was_deleted_meanwhile_and_of_a_clock_that_went_back() -> None:
    shown = screen(OFFER, Waiter(id="CA1", desk="vip", priority="vip", entered=MADE + 5, seen=MADE), None, TOLD)
    assert (shown["agent"], shown["agent_number"], shown["waited"]) == ("an", "", 0)
