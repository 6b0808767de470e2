"""Targets in files that cannot be read are no unknown ones."""

from __future__ import annotations

from .rule_findings import findings


def test_a_broken_neighbour_does_not_make_targets_unknown():
    steps = "  hello:\n    menu: [{label: 网点, goto: broken}]\n"
    assert findings(steps, broken="- no flow\n") == ["wrong-type"]
