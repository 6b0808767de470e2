"""`ivr explain`: why a rule matters, with samples, in both languages."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from ivr.cli import main
from ivr.flow.rule_summaries import RULES


def explain(*arguments: str, **env: str) -> str:
    result = CliRunner().invoke(main, ["explain", *arguments], env=env)
    assert result.exit_code == 0, result.output
    return result.output


def test_a_rule_is_explained_with_samples_and_source():
    told = explain("vague-time")
    assert "Callers plan by times." in told
    assert "say: 我们会尽快处理。  # here" in told
    assert "2个工作日内" in told
    assert "# allow vague-time until" in told


def test_with_ivr_lang_it_is_explained_in_chinese():
    assert "客户要按时间安排自己的事" in explain("vague-time", IVR_LANG="zh")


@pytest.mark.parametrize("rule", ["tab", "unknown-step", "unused-allowance"])
def test_a_rule_without_samples_has_its_line(rule):
    assert RULES[rule] in explain(rule)


def test_without_a_rule_all_are_listed():
    told = explain()
    assert [rule for rule in RULES if f"  {rule} " not in told] == []


def test_an_unknown_rule_is_answered_with_the_near_one():
    result = CliRunner().invoke(main, ["explain", "vage-time"])
    assert result.exit_code == 2
    assert 'Did you mean "vague-time"?' in result.output
