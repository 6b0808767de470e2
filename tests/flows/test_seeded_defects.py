"""Fifty and more defects, seeded one by one into the shipped flows, are found by their rule at their line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from ivr.flow.loader import check_folder
from ivr.session.step_registry import catalogue

from .seeded_defects import DEFECTS, Defect, seeded, shipped

FLOWS = Path(__file__).parents[2] / "flows"
LANGUAGE = catalogue()
TODAY = date(2026, 11, 30)
CLEAN = shipped(FLOWS)


def found_in(folder: Path, texts: dict[str, str]) -> list[tuple[str, str]]:
    """Return the rules of a folder's problems, each with the line of its place."""
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    lines = {name: text.splitlines() for name, text in texts.items()}
    problems = check_folder(folder, LANGUAGE, TODAY)[1]
    return [(problem.rule, lines[Path(problem.place.file).name][problem.place.line - 1]) for problem in problems]


def test_the_shipped_flows_have_no_defect_and_no_allowance(tmp_path):
    assert found_in(tmp_path, CLEAN) == []
    assert not any("# allow" in text for text in CLEAN.values())


def test_there_are_fifty_defects_and_no_two_are_the_same():
    assert len({(defect.file, defect.new) for defect in DEFECTS}) == len(DEFECTS) >= 50


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.name)
def test_a_seeded_defect_is_found_at_its_line(defect: Defect, tmp_path):
    found = found_in(tmp_path, seeded(CLEAN, defect))
    assert [line for rule, line in found if rule == defect.rule and defect.at in line], found
