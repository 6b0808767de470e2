"""The step `set`: variables are worked out from the top down."""

from __future__ import annotations

from tests.engine.fixtures import Bank


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


def test_a_value_that_was_learnt_by_proof_needs_it_as_a_copy_too(phone):
    steps = """
  start: {requires: L1, lookup: {from: bank.balance, as: account, on_error: bye}, next: copy}
  copy: {set: {kept: account.balance, plain: 1}, next: wait}
  wait: {menu: [{label: 余额, goto: bye}]}
"""
    answers = {
        "bank.caller": {},
        "bank.verify": {"verified": True, "customer": "C1", "card": {"tail": "0128"}},
        "bank.balance": {"balance": "5"},
    }
    call = phone(steps, bank=Bank(answers)).press("0128").press("135790")
    assert call.call.frame.values["kept"] == "5"
    assert {name: call.call.frame.proven.get(name, 0) for name in ("kept", "plain")} == {"kept": 1, "plain": 0}
