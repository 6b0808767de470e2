"""A line is exempted from a rule by a comment with its reason and its end."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from ivr.diagnostics.fixing import fixed
from ivr.diagnostics.problem import Problem
from ivr.flow.loader import check_folder
from ivr.session.step_registry import catalogue

LANGUAGE = catalogue()
LINE = 'lines: {default: it}\ndesks: {general: "+861085550100"}\ndesk: general\n'
FLOW = """\
flow: it
start: hello
steps:
  hello:
    {above}
    say: 我们会尽快处理。{behind}
    next: bye
  agent:
    transfer: general
    otherwise: bye
  bye:
    hangup: 再见。
"""


def found(folder: Path, above: str = "#", behind: str = "", today: date = date(2026, 11, 30)) -> list[Problem]:
    (folder / "line.yaml").write_text(LINE, encoding="utf-8")
    (folder / "it.yaml").write_text(FLOW.format(above=above, behind=behind), encoding="utf-8")
    problems = check_folder(folder, LANGUAGE, today)[1]
    return [problem for problem in problems if problem.rule in ("vague-time", "no-greeting") or "allow" in problem.rule]


def rules(problems: list[Problem]) -> list[str]:
    return sorted(problem.rule for problem in problems)


def test_a_line_without_an_allowance_is_reported(tmp_path):
    assert rules(found(tmp_path)) == ["no-greeting", "vague-time"]


@pytest.mark.parametrize("where", ["above", "behind"])
def test_an_allowance_exempts_its_line_from_its_rule_only(where, tmp_path):
    comment = "# allow vague-time until 2026-12-31: the law office asked for these words"
    written = {"above": comment} if where == "above" else {"behind": f"  {comment}"}
    assert rules(found(tmp_path, **written)) == ["no-greeting"]


@pytest.mark.parametrize(
    "comment", ["# allow vague-time", "# allow vague-time until 2026-12-31:", "# allow x until soon: y"]
)
def test_an_allowance_without_its_parts_exempts_nothing_and_is_reported(comment, tmp_path):
    assert rules(found(tmp_path, above=comment)) == ["bad-allowance", "no-greeting", "vague-time"]


def test_rules_that_every_loaded_flow_must_keep_cannot_be_exempted_from(tmp_path):
    problems = found(tmp_path, above="# allow unknown-step until 2026-12-31: it comes later")
    assert "bad-allowance" in rules(problems)


def test_an_allowance_ends_on_its_day(tmp_path):
    comment = "# allow vague-time until 2026-11-30: until the campaign is over"
    assert rules(found(tmp_path, above=comment)) == ["no-greeting"]
    after = found(tmp_path, above=comment, today=date(2026, 12, 1))
    assert rules(after) == ["ended-allowance", "no-greeting", "vague-time"]


def test_an_allowance_that_exempts_nothing_is_reported_and_can_be_deleted(tmp_path):
    comment = "# allow long-menu until 2026-12-31: no longer needed"
    problems = found(tmp_path, above=comment)
    assert "unused-allowance" in rules(problems)
    (unused,) = (problem for problem in problems if problem.rule == "unused-allowance")
    text, made = fixed((tmp_path / "it.yaml").read_text("utf-8"), unused.fixes)
    assert made == 1
    assert comment not in text
    assert "\n    say" in text
