"""Moving through a flow: branches, sub-flows, lookups, transfers, messages, limits."""

from __future__ import annotations

import pytest

from ivr.engine.inputs import DialEnded, HungUp, NoInput, Recorded, Resumed
from ivr.engine.verbs import Dial, Hangup, Record
from ivr.errors import FlowStuck, LookupFailed

from .fixtures import Bank


def test_values_are_spoken_as_their_kinds(phone):
    bank = Bank({"bank.balance": {"balance": "12345.67", "card": {"tail": "0128"}}})
    steps = """
  start: {lookup: {from: bank.balance, as: account, on_error: bye}, next: tell}
  tell: {say: "尾号{account.card.tail|card_tail}，余额{account.balance|amount}。", next: bye}
"""
    assert phone(steps, bank=bank).heard == "尾号零幺二八，余额一万二千三百四十五元六角七分。再见。"


def test_a_missing_value_is_left_out(phone):
    steps = """
  start: {lookup: {from: bank.balance, as: account, on_error: bye}, next: tell}
  tell: {say: "余额{account.nothing|amount}{account.balance|amount}。", next: bye}
"""
    assert phone(steps, bank=Bank({"bank.balance": {"balance": "12.00"}})).heard == "余额十二元整。再见。"


@pytest.mark.parametrize("balance", ["lots", [], {}, True, "NaN"])
def test_a_sentence_whose_value_cannot_be_read_is_replaced_not_spoken_with_a_hole(phone, balance):
    steps = """
  start: {lookup: {from: bank.balance, as: account, on_error: bye}, next: tell}
  tell: {say: "余额{account.balance|amount}。", next: bye}
"""
    call = phone(steps, bank=Bank({"bank.balance": {"balance": balance}}))
    assert call.heard == "这项内容暂时读不出来，人工可以为您查询。再见。"
    assert call.events("unreadable")


@pytest.mark.parametrize(
    ("answer", "heard"),
    [
        ({"n": 1}, "好。"),
        (LookupFailed("slow"), "坏。"),
        (LookupFailed("none", missing=True), "没有。"),
    ],
)
def test_a_lookup_has_a_way_for_each_ending(phone, answer, heard):
    steps = """
  start: {lookup: {from: bank.x, as: found, on_error: bad, on_missing: none_there}, next: good}
  good: {hangup: 好。}
  bad: {hangup: 坏。}
  none_there: {hangup: 没有。}
"""
    assert phone(steps, bank=Bank({"bank.x": answer})).heard == heard


def test_a_lookup_run_again_for_the_same_turn_has_the_same_key(phone):
    bank = Bank({"bank.x": {}})
    steps = "  start: {lookup: {from: bank.x, on_error: bye}, next: bye}"
    phone(steps, bank=bank)
    phone(steps, bank=bank)
    keys = [key for source, _, key in bank.asked if source == "bank.x"]
    assert keys[0] == keys[1]


def test_set_and_branch_work_values_out_from_the_top_down(phone):
    steps = """
  start: {set: {a: 2, b: a * 3, name: '"陈"'}, next: which}
  which:
    branch:
      - {when: b > 6, goto: bye}
      - {when: b == 6 and name == "陈", goto: yes_it_is}
      - {goto: bye}
  yes_it_is: {hangup: 对。}
"""
    assert phone(steps).heard == "对。"


def test_a_say_over_a_list_speaks_each_item_up_to_the_limit(phone):
    bank = Bank({"bank.list": {"items": [{"n": n} for n in (3, 2, 1)]}})
    steps = """
  start: {lookup: {from: bank.list, as: found, on_error: bye}, next: tell}
  tell: {say: "{item.n|number}，", each: found.items, most: 2, next: bye}
"""
    assert phone(steps, bank=bank).heard == "三，二，再见。"


def test_elderly_callers_hear_values_twice_and_plain_sentences_once(phone):
    steps = """
  start: {set: {n: 5}, next: tell}
  tell: {say: "一共{n|number}。", next: plain}
  plain: {say: 完了。, next: bye}
"""
    assert phone(steps, head="profile: elderly").heard == "一共五。一共五。完了。再见。"


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


TRANSFER = """
  start: {transfer: {desk: vip, priority: vip}, next: after, on_busy: full, otherwise: sorry}
  after: {hangup: 谢谢。}
  full: {hangup: 占线。}
  sorry: {hangup: 抱歉。}
"""


@pytest.mark.parametrize(
    ("status", "heard"),
    [
        ("completed", "谢谢。"),
        ("busy", "占线。"),
        ("no-answer", "抱歉。"),
        ("failed", "抱歉。"),
        ("canceled", "抱歉。"),
    ],
)
def test_every_end_of_a_transfer_has_a_way_on(phone, status, heard):
    call = phone(TRANSFER)
    assert (call.closing.number, call.closing.timeout) == ("+861000000002", 20)
    assert (call.call.transfer["desk"], call.call.transfer["priority"]) == ("vip", "vip")
    assert call.give(DialEnded(status)).heard == heard


def test_a_transfer_without_a_way_on_ends_the_call_after_the_conversation(phone):
    call = phone("  start: {transfer: general, otherwise: bye}").give(DialEnded("completed", 60))
    assert (call.closing, call.call.ended) == (Hangup(()), "completed")


def test_the_desk_is_dialled_again_when_a_request_comes_late(phone):
    assert isinstance(phone(TRANSFER).give(Resumed()).closing, Dial)


MESSAGE = """
  start: {message: 请留言。, as: note, next: got, on_failure: bye}
  got: {say: "{note.seconds|duration}的留言。", next: bye}
"""


def test_a_message_is_kept_and_the_call_goes_on(phone):
    call = phone(MESSAGE)
    assert isinstance(call.closing, Record)
    call.give(Recorded("https://carrier/r1", 8.0))
    assert call.events("message")[0]["url"] == "https://carrier/r1"
    assert call.call.ended


def test_nothing_recorded_asks_once_more_and_then_gives_up(phone):
    call = phone(MESSAGE).give(NoInput())
    assert call.heard == "没有录到您的留言。请留言。"
    assert call.give(Recorded("", 0)).heard == "再见。"


def test_zero_in_a_message_leads_to_a_person(phone):
    assert isinstance(phone(MESSAGE).give(Recorded("https://carrier/r1", 3.0, "0")).closing, Dial)


def test_a_flow_that_goes_round_is_stopped(phone):
    steps = """
  start: {set: {n: 1}, next: [{when: n == 1, goto: again}, {goto: bye}]}
  again: {set: {n: 1}, next: [{when: n == 1, goto: start}, {goto: bye}]}
"""
    with pytest.raises(FlowStuck, match="round and round"):
        phone(steps)


def test_hanging_up_ends_the_call_and_nothing_runs_after_it(phone):
    call = phone(TRANSFER).give(HungUp("completed"))
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
    assert call.heard == "请输入您银行卡的最后四位数字。"
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
