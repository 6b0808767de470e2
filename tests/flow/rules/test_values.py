"""Values that are read are set somewhere, and secrets may be compared and handed on."""

from __future__ import annotations

import pytest

from .rule_findings import findings

OTHER = """\
flow: other
start: ask
parameters: [city, code]
returns: [found]
steps:
  ask:
    lookup: {from: bank.branches, as: found, with: {city: city, code: code}, on_error: agent}
    next: return
  agent:
    transfer: general
    otherwise: return
"""


def test_secrets_may_be_compared_and_given_to_lookups_and_flows():
    steps = """\
  hello:
    collect: pin
    as: code
    next:
      - {when: code == "000000", goto: hello}
      - {goto: run}
  run:
    flow: {run: other, with: {city: '"北京"', code: code}, as: branch}
    next: tell
  tell:
    say: 共{branch.found.count|count:家}。
    next: bye
"""
    assert findings(steps, other=OTHER) == []


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
