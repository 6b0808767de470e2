"""Each rule about what callers feel finds its wrong sample at the marked lines, and nothing in its right one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ivr.flow.rules import Rule, all_rules

from .sample_flows import files_of, judged, marked

JUDGING = [rule for rule in all_rules() if rule.manual]


@pytest.mark.parametrize("rule", JUDGING, ids=lambda rule: rule.id)
def test_the_wrong_sample_is_found_at_its_marks(rule: Rule, tmp_path):
    files = files_of(rule.manual.wrong)
    found = [problem for problem in judged(tmp_path, files) if problem.rule == rule.id]
    places = {(Path(problem.place.file).name, problem.place.line) for problem in found}
    assert sorted(places) == sorted(marked(files))
    assert marked(files)
    for problem in found:
        message, cure = problem.chinese
        assert problem.message.endswith(".")
        assert problem.cure
        assert re.search(r"[\u4e00-\u9fff]", message)
        assert re.search(r"[。？]$", message)
        assert cure


@pytest.mark.parametrize("rule", JUDGING, ids=lambda rule: rule.id)
def test_the_right_sample_has_no_problem_with_the_rule(rule: Rule, tmp_path):
    found = judged(tmp_path, files_of(rule.manual.right))
    assert [str(problem) for problem in found if problem.rule == rule.id or problem.level == "error"] == []


def test_every_rule_that_does_not_run_at_load_has_a_manual():
    assert [rule.id for rule in all_rules() if not rule.at_load and not rule.manual] == []
