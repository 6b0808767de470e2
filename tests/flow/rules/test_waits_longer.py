"""Callers with a priority wait no longer than everyone else: also at the desks that steps name."""

from __future__ import annotations

import pytest

from ivr.flow.rules.waits_longer import RULE

from .rule_findings import LINE, warnings

TWO_DESKS = LINE.replace('"}', '", vip: {number: "+861085550188"%s}}')


def hello(transfer: str) -> str:
    return f"  hello:\n    transfer: {transfer}\n    otherwise: agent\n"


@pytest.mark.parametrize(
    ("transfer", "overflow", "rules"),
    [
        ("{desk: vip, priority: elderly}", "", [RULE.id]),
        ("{desk: vip, priority: elderly}", ", overflow: general", []),
        ("{desk: vip, priority: normal}", "", []),
        ("{desk: general, priority: vip}", "", []),
        ("vip", "", []),
        ("{desk: segment, priority: vip}", "", []),
    ],
)
def test_a_step_gives_no_priority_at_a_desk_that_everyone_elses_agents_do_not_serve(
    transfer: str, overflow: str, rules: list[str]
) -> None:
    assert warnings(hello(transfer), line=TWO_DESKS % overflow) == rules
