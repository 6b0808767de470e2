"""Each rule stands once in the manual, with one sentence."""

from __future__ import annotations

from ivr.flow.rule_summaries import GROUPS, RULES


def test_no_rule_stands_in_two_groups() -> None:
    assert len(RULES) == sum(len(group) for group in GROUPS.values())


def test_each_rule_is_one_sentence() -> None:
    assert all(
        (line[0].isupper() or line.startswith("line.yaml")) and line.rstrip().endswith((".", ")"))
        for line in RULES.values()
    )
    assert all("\n" not in line for line in RULES.values())
