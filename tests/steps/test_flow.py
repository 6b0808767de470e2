"""The step `flow`: another flow is run with its own variables, and comes back with its results."""

from __future__ import annotations

from ivr.engine.verbs import Dial

SUB = """
flow: sub
start: ask
agent: help
parameters: [city]
returns: [picked]
steps:
  ask:
    prompt: "在{city|text}。"
    menu:
      - {label: 甲, goto: pick}
  pick: {set: {picked: '"甲"'}, next: return}
  help: {transfer: vip, otherwise: return}
"""


CALLER = """
  start: {prompt: 头。, menu: [{label: 子, goto: run}]}
  run: {flow: {run: sub, with: {city: '"北京"'}, as: got}, next: tell}
  tell: {say: "选了{got.picked|text}。", next: bye}
"""


def test_a_sub_flow_gets_its_values_and_gives_its_results_back(phone):
    call = phone(CALLER, sub=SUB).press("1")
    assert call.heard == "在北京。甲，请按1。"
    assert call.press("1").heard == "选了甲。再见。"
    assert len(call.call.frames) == 1


def test_back_leaves_a_sub_flow_for_the_menu_before_it(phone):
    call = phone(
        CALLER,
        head="globals: [{key: star, do: back}]",
        sub=SUB.replace("agent: help", "agent: help\nglobals: [{key: star, do: back}]"),
    )
    assert call.press("1").press("*").step == "start"


def test_a_sub_flow_has_its_own_way_to_a_person(phone):
    call = phone(CALLER, sub=SUB).press("1").press("0")
    assert call.closing.number == "+861000000002"


def test_return_in_a_flow_that_nothing_called_leads_to_a_person(phone):
    assert isinstance(phone("  start: {set: {a: 1}, next: return}").closing, Dial)


def test_going_to_another_flow_begins_it_and_never_comes_back(phone):
    other = "flow: other\nstart: a\nagent: a\nsteps:\n  a: {transfer: vip, otherwise: return}\n"
    call = phone("  start: {say: 走。, next: other}", other=other)
    assert (call.call.frame.flow, call.heard) == ("other", "走。正在为您转接人工服务，请不要挂机。")
