"""`ivr migrate` rewrites old forms only, keeps comments, and changes nothing the second time."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from ivr.cli import main
from ivr.flow.loader import inspect
from ivr.session.step_registry import catalogue

LINE = 'lines: {default: old}\ndesks: {general: "+861085550100"}\ndesk: general\n'
OLD = """\
flow: old   # the first one
start: city
steps:
  # Where they live
  city:
    set: {city: '"北京"', area: "'010'", count: 1}   # capitals only
    next: keep
  keep:
    lookup:
      from: bank.branches
      with: {city: city, kind: '"a, b"'}  # both
      on_error: agent
    next: agent
  agent: {transfer: general, otherwise: bye}
  bye: {hangup: 谢谢，再见。}
"""
NEW = (
    OLD.replace("""'"北京"'""", "{text: 北京}")
    .replace("""\"'010'\"""", "{text: 010}")
    .replace("""'"a, b"'""", "{text: 'a, b'}")
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "line.yaml").write_text(LINE, encoding="utf-8")
    (tmp_path / "old.yaml").write_text(OLD, encoding="utf-8")
    return tmp_path


def migrate(*words: str):
    return CliRunner().invoke(main, ["migrate", *words])


def values(folder: Path) -> dict[str, object]:
    release, _ = inspect(folder, catalogue())
    assert release is not None
    step = release.flows["old"].steps["city"]
    return {name: value({}) for name, value in step.assigns().items()}


def test_old_forms_are_read_with_a_notice_and_rewritten_where_they_stand(folder):
    problems = inspect(folder, catalogue())[1]
    assert [(problem.rule, problem.level, problem.place.line) for problem in problems] == [
        ("old-form", "info", 6),
        ("old-form", "info", 6),
        ("old-form", "info", 11),
    ]
    before = values(folder)
    result = migrate(str(folder))
    assert result.exit_code == 0
    assert "3 old forms rewritten" in result.stderr
    assert (folder / "old.yaml").read_text("utf-8") == NEW
    assert values(folder) == before == {"city": "北京", "area": "010", "count": 1}


def test_a_second_run_changes_nothing(folder):
    migrate(str(folder))
    assert "0 old forms rewritten" in migrate(str(folder)).stderr
    assert (folder / "old.yaml").read_text("utf-8") == NEW
    assert inspect(folder, catalogue())[1] == []


def test_a_dry_run_lists_them_and_changes_nothing(folder):
    result = migrate("--dry-run", str(folder))
    assert result.exit_code == 1
    assert "old.yaml:6:17: A text in two kinds of quotes" in result.stdout
    assert (folder / "old.yaml").read_text("utf-8") == OLD


def test_what_needs_a_decision_is_listed(folder):
    assert "what flows ask, so that ivr check knows it: bank.branches." in migrate(str(folder)).stderr


def test_a_folder_with_errors_is_left_as_it_is(folder):
    (folder / "old.yaml").write_text(OLD.replace("start: city", "start: town"), encoding="utf-8")
    result = migrate(str(folder))
    assert result.exit_code == 2
    assert "have errors; ivr check shows them" in result.stderr
