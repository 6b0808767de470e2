"""Secrets may be compared and handed on, which speaks none of them."""

from __future__ import annotations

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
