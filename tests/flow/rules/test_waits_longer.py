"""Callers with a priority wait no longer than everyone else: also at the desks that steps name."""

from __future__ import annotations

from datetime import date

import pytest

from ivr.flow.loader import check_files, inspect_files
from ivr.flow.rules.waits_longer import RULE
from ivr.session.step_registry import catalogue

from .rule_findings import AGENT, LINE

TWO_DESKS = LINE.replace('"}', '", vip: {number: "+861085550188"%s}}')
SLOW_LINE = """\
lines: {default: it}
desks:
  general: {number: "+861085550100", overflow: [evening, helpful]}
  evening: {number: "+861085550101", reserved: 10s}
  helpful: "+861085550102"
  vip:
    number: "+861085550188"
    overflow: [general, helpful]
    overflow_after: 20s   # longer
  elderly:
    number: "+861085550165"
    overflow: general   # longer
  private: "+861085550199"   # longer
desk: general
segments:
  private: {when: caller.segment == "private", desk: private, priority: vip}
  vip: {when: caller.segment == "vip", desk: vip, priority: vip}
  elderly: {when: caller.age >= 65, desk: elderly, priority: elderly}
  fine: {when: caller.segment == "fine", desk: general, priority: vip}
  corporate: {when: caller.segment == "corporate", desk: helpful}
queue:
  head_starts:
    normal: 70s   # longer
"""
RESERVED_LINE = """\
lines: {default: it}
desks:
  general: "+861085550100"
  retail:
    number: "+861085550101"
    reserved: 5s   # longer
  elderly: {number: "+861085550165", overflow: [general, retail]}
desk: general
segments:
  elderly: {when: caller.age >= 65, desk: elderly, priority: elderly}
  retail: {desk: retail}
"""


def hello(transfer: str) -> str:
    return f"  hello:\n    transfer: {transfer}\n    otherwise: agent\n"


def checked(steps: str, line: str) -> list[tuple[str, int]]:
    """Return the file and the line of each error of the rule; a server loads the files all the same."""
    files = {"it.yaml": f"flow: it\nstart: hello\nsteps:\n{steps}{AGENT}", "line.yaml": line}
    loaded, problems = inspect_files(files, catalogue())
    assert loaded is not None
    assert [str(problem) for problem in problems] == []
    problems = [found for found in check_files(files, catalogue(), date(2026, 11, 30))[1] if found.rule == RULE.id]
    assert {problem.level for problem in problems} <= {"error"}
    assert all(problem.cure for problem in problems)
    return [(problem.place.file, problem.place.line) for problem in problems]


@pytest.mark.parametrize(
    ("transfer", "overflow", "longer"),
    [
        ("{desk: vip, priority: elderly}", "", True),
        ("{desk: vip, priority: elderly}", ", overflow: general", False),
        ("{desk: vip, priority: normal}", "", False),
        ("{desk: general, priority: vip}", "", False),
        ("vip", "", False),
        ("{desk: segment, priority: vip}", "", False),
    ],
)
def test_a_step_gives_no_priority_at_a_desk_that_everyone_elses_agents_do_not_serve(
    transfer: str, overflow: str, longer: bool
) -> None:
    assert checked(hello(transfer), TWO_DESKS % overflow) == [("it.yaml", 5)] * longer


@pytest.mark.parametrize("line", [SLOW_LINE, RESERVED_LINE], ids=["overflow", "reserve"])
def test_what_a_line_cannot_keep_is_an_error_of_the_check_and_no_server_fails_of_it(line: str) -> None:
    marked = [number for number, text in enumerate(line.splitlines(), 1) if text.endswith("# longer")]
    assert sorted(checked(hello("segment"), line)) == [("line.yaml", number) for number in marked]
