"""Moving through flows: who calls and when, globals, levels, back and the main menu, limits, hanging up."""

from __future__ import annotations

import pytest

from ivr.engine.inputs import DialEnded, HungUp
from ivr.engine.verbs import Dial, Hangup
from ivr.errors import FlowStuck, LookupFailed

from .fixtures import Bank


def test_a_flow_that_goes_round_is_stopped(phone):
    steps = """
  start: {set: {n: 1}, next: [{when: n == 1, goto: again}, {goto: bye}]}
  again: {set: {n: 1}, next: [{when: n == 1, goto: start}, {goto: bye}]}
"""
    with pytest.raises(FlowStuck, match="round and round"):
        phone(steps)


def test_hanging_up_ends_the_call_and_nothing_runs_after_it(phone):
    call = phone("  start: {transfer: general, otherwise: bye}\n").give(HungUp("completed"))
    assert call.call.ended == "caller"
    assert call.give(DialEnded("busy")).closing == Hangup(())


def test_who_calls_is_known_by_the_bank_and_only_then(phone):
    bank = Bank({"bank.caller": {"name": "李娜", "segment": "vip", "age": 47}})
    steps = "  start: {branch: [{when: caller.segment == 'vip', goto: vip}, {goto: bye}]}\n  vip: {hangup: 贵宾。}"
    assert phone(steps, bank=bank).heard == "贵宾。"
    assert phone(steps, bank=Bank()).heard == "再见。"
    assert phone(steps, bank=bank, caller="anonymous").heard == "再见。"
    assert phone(steps, bank=Bank({"bank.caller": LookupFailed("gone")})).heard == "再见。"


def test_the_time_of_day_is_china_s(phone):
    steps = """
  start: {branch: [{when: call.hour == 9 and call.weekday == 1 and call.time < "10:00", goto: open_now}, {goto: bye}]}
  open_now: {hangup: 上班。}
"""
    call = phone(steps)
    call.now = 1_795_396_200.0  # 2026-11-23 01:10 UTC
    assert call.ring().heard == "上班。"


def test_a_flow_can_take_the_globals_of_another(phone):
    other = """
flow: other
start: m
agent: person
globals_of: test
steps:
  m: {menu: [{label: 甲, goto: person}]}
  person: {transfer: vip, otherwise: return}
"""
    head = 'globals: [{key: "7", do: help}]'
    assert phone("  start: {say: 走。, next: other}", head=head, other=other).press("7").heard.startswith("听到选项后")


def test_a_level_for_a_whole_flow_protects_all_but_the_ways_to_a_person(phone):
    steps = """
  start: {menu: [{label: 甲, goto: one}]}
  one: {say: 一。, next: start}
"""
    call = phone(steps, head="requires: L1", bank=Bank({"bank.caller": {}}))
    assert call.heard == "请输入您的银行卡号，以井号键结束。用登记的手机来电，可以只输最后四位数字。"
    assert isinstance(call.press("0").closing, Dial)


DEEP = """
  start: {menu: [{label: 一, goto: one}]}
  one: {menu: [{label: 二, goto: two}, {label: 别处, goto: away}]}
  two: {menu: [{label: 主菜单, do: main_menu}]}
  away: {flow: other, next: start}
"""
ELSEWHERE = """
flow: other
start: ask
agent: ask
globals: [{key: star, do: back}]
steps:
  ask: {menu: [{label: 三, goto: more}]}
  more: {menu: [{label: 主菜单, do: main_menu}, {label: 回, goto: return}]}
"""
BACK = "globals: [{key: star, do: back}]"


def test_back_after_the_main_menu_does_not_lead_into_menus_that_were_left(phone):
    call = phone(DEEP, head=BACK, other=ELSEWHERE).press("1").press("1").press("1")
    assert call.step == "start"
    assert [call.press("*").step for _ in range(3)] == ["two", "start", "start"]


def test_back_after_the_main_menu_does_not_lead_before_a_flow_that_was_run(phone):
    call = phone(DEEP, head=BACK, other=ELSEWHERE).press("1").press("2").press("1").press("1")
    assert (call.step, len(call.call.frames)) == ("start", 1)
    assert call.press("*").step == "start"
