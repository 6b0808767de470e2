"""A person may be reached in another flow."""

from __future__ import annotations

from .rule_findings import AGENT, findings


def test_a_person_may_be_reached_through_another_flow():
    steps = "  hello:\n    menu: [{label: 找人, goto: agent}]\n"
    desk = "flow: desk\nstart: agent\nsteps:\n" + AGENT
    assert findings(steps, "agent: desk\n", desk=desk) == []
