"""Rounds wait for the caller, every step can be reached, and a person too."""

from __future__ import annotations

from .rule_findings import AGENT, findings


def test_a_round_that_can_be_left_under_a_condition_is_fine():
    steps = """\
  hello:
    set: {times: times + 1}
    next:
      - {when: times < 3, goto: again}
      - {goto: bye}
  again:
    say: 请稍候。
    next: hello
"""
    assert findings(steps) == []


def test_a_round_that_waits_for_the_caller_is_fine():
    steps = """\
  hello:
    say: 您好。
    next: main
  main:
    menu: [{label: 余额, goto: hello}]
"""
    assert findings(steps) == []


def test_a_round_that_only_a_fault_of_the_bank_would_end_is_not():
    steps = """\
  hello:
    lookup: {from: bank.balance, as: account, on_error: bye}
    next: hello
"""
    assert findings(steps) == ["endless-loop"]


def test_a_round_behind_other_steps_is_told_once_and_without_them():
    steps = """\
  hello:
    say: 您好。
    next: one
  one:
    say: 一。
    next: two
  two:
    say: 二。
    next: one
"""
    assert findings(steps) == ["endless-loop"]


def test_steps_behind_globals_and_the_main_menu_can_be_reached():
    steps = """\
  hello:
    menu: [{label: 余额, do: main_menu}]
  main:
    menu: [{label: 返回, do: back}]
  special:
    say: 您好。
    next: main
"""
    top = "main_menu: main\nglobals: [{key: 9, goto: special}]\n"
    assert findings(steps, top) == []


def test_a_person_may_be_reached_through_another_flow():
    steps = "  hello:\n    menu: [{label: 找人, goto: agent}]\n"
    desk = "flow: desk\nstart: agent\nsteps:\n" + AGENT
    assert findings(steps, "agent: desk\n", desk=desk) == []
