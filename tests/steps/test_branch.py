"""The step `branch`: the first way whose condition holds is taken, and nothing is spoken."""

from __future__ import annotations

import pytest

from ivr.errors import FlowError
from tests.engine.fixtures import Bank

STEPS = """
  start: {branch: [{when: caller.age >= 65, goto: old}, {when: caller.age >= 18, goto: grown}, {goto: unknown}]}
  old: {hangup: 老年。}
  grown: {hangup: 成年。}
  unknown: {hangup: 不知。}
"""


AGES = [({"age": 70}, "老年。"), ({"age": 30}, "成年。"), ({"age": 3}, "不知。"), ({}, "不知。")]


@pytest.mark.parametrize(("caller", "heard"), AGES)
def test_the_first_way_whose_condition_holds_is_taken_and_nothing_else_is_heard(phone, caller, heard):
    assert phone(STEPS, bank=Bank({"bank.caller": caller})).heard == heard


def test_a_branch_that_may_have_no_way_on_is_refused(phone):
    with pytest.raises(FlowError):
        phone("  start: {branch: [{when: caller.age >= 65, goto: bye}]}\n")


def test_a_branch_is_open_to_all_in_a_flow_that_needs_proof(phone):
    assert phone(STEPS, head="requires: L1", bank=Bank({"bank.caller": {"age": 70}})).heard == "老年。"
