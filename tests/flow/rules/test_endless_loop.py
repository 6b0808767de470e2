"""A round is endless when it never waits for the caller and nothing but a fault ends it."""

from __future__ import annotations

from .rule_findings import findings


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
