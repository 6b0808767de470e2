"""Callers name services of other menus, and are understood at once."""

from __future__ import annotations

import pytest

FLOW = """
  start:
    prompt: 您好。
    menu:
      - {label: 余额, phrases: [多少钱], goto: balance, reason: balance}
      - {label: 更多, goto: more}
      - {label: 网点, goto: branches, reason: branches}
  more:
    menu:
      - {label: 限额, goto: limits, reason: limits}
      - {label: 信用卡账单, phrases: [信用卡], goto: bill, reason: bill}
      - {label: 北京, goto: in_beijing}
      - {label: 暗号, goto: limits, reason: secret, reach: here}
  about:
    prompt: 关于什么？
    menu:
      - {label: 产品, phrases: [信用卡], goto: start, value: product}
      - {label: 服务, goto: start, value: service}
    as: topic
  balance: {prompt: 余额好。, menu: [{label: 再听, goto: balance}]}
  limits: {requires: L1, prompt: 限额好。, menu: [{label: 再听, goto: limits}]}
  bill: {prompt: 账单好。, menu: [{label: 投诉账单, goto: about}]}
  in_beijing: {prompt: 北京好。, menu: [{label: 再听, goto: in_beijing}]}
  branches: {prompt: 网点好。, menu: [{label: 北京, goto: in_beijing}]}
"""


@pytest.mark.parametrize(
    ("said", "step"),
    [
        ("我要查信用卡账单", "bill"),
        ("余额", "balance"),
        ("不查余额，我要看信用卡", "bill"),
        ("我不看信用卡", "start"),
        ("网点和信用卡", "start"),
        ("北京", "in_beijing"),
        ("再听", "start"),
        ("暗号", "start"),
        ("不要余额", "start"),
    ],
)
def test_a_service_of_another_menu_is_reached_by_its_name(phone, said, step):
    assert phone(FLOW).speak(said).step == step


def test_the_target_asks_for_its_own_proof(phone):
    call = phone(FLOW).speak("限额")
    assert call.step == "limits.verify"
    assert call.call.facts.reason == "limits"


def test_words_to_which_only_this_menu_gives_a_meaning_stay_here(phone):
    call = phone(FLOW).speak("信用卡").speak("投诉账单")
    assert call.step == "about"
    assert call.speak("信用卡").step == "start"


def test_star_returns_to_the_menu_where_the_service_was_named(phone):
    head = "globals: [{key: star, do: back}]"
    assert phone(FLOW, head=head).press("2").speak("网点").press("*").step == "more"


OTHER = """
flow: other
start: hello
main_menu: hello
steps:
  hello: {prompt: 别处。, menu: [{label: 挂失, goto: loss, reason: loss}]}
  loss: {prompt: 好。, menu: [{label: 回来, goto: return}, {label: 主菜单, do: main_menu}]}
  agent: {transfer: general, otherwise: bye}
  bye: {hangup: 再见。}
"""
RUNS = (
    FLOW
    + """
  elsewhere: {flow: other, next: start}
"""
)


@pytest.mark.parametrize("key", ["1", "2"])
def test_a_service_of_another_flow_comes_back_to_the_menu_of_this_one(phone, key):
    call = phone(RUNS, other=OTHER).speak("挂失")
    assert (call.call.frame.flow, call.step) == ("other", "loss")
    call.press(key)
    assert (call.call.frame.flow, call.step) == ("test", "start")


SURE = """
  start: {prompt: 您好。, menu: [{label: 转账, goto: sure}]}
  sure: {prompt: 真的吗？, menu: [{label: 好的, goto: done}, {label: 对, goto: done}, {label: 不转账, goto: start}]}
  done: {prompt: 转好了。, menu: [{label: 再听, goto: done}]}
"""


@pytest.mark.parametrize("said", ["好的", "对", "不转账"])
def test_a_yes_or_no_counts_only_where_its_question_was_asked(phone, said):
    call = phone(SURE)
    assert call.speak(said).step == "start"
    assert call.call.errors == 1


def test_a_service_that_is_named_like_a_choice_of_the_menu_but_for_fillers_leaves_it_its_name(phone):
    call = phone("""
  start: {prompt: 您好。, menu: [{label: balance, goto: simple}, {label: more, goto: more}]}
  simple: {prompt: 好。, menu: [{label: again, goto: simple}]}
  more: {prompt: 更多。, menu: [{label: your balance, goto: full, reason: balance}]}
  full: {prompt: 全部。, menu: [{label: again, goto: full}]}
""")
    assert call.speak("your balance").step == "simple"
