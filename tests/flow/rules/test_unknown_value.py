"""Values of a list, and those that only the bank knows, are no unknown ones."""

from __future__ import annotations

import pytest

from .rule_findings import findings


def test_a_list_is_spoken_item_by_item():
    steps = """\
  hello:
    lookup: {from: bank.branches, as: places, on_error: bye}
    next: tell
  tell:
    say: "{item.name|text}"
    each: places.items
    next: bye
"""
    assert findings(steps) == []


@pytest.mark.parametrize("given", ["caller.vip_since == none", "card.limit > 5", "caller.branch.city == '北京'"])
def test_the_bank_may_say_more_of_a_caller(given):
    assert findings(f"  hello:\n    branch:\n      - {{when: {given}, goto: agent}}\n      - {{goto: bye}}\n") == []
