"""Reports for people: frames whose carets stand under the right characters."""

from __future__ import annotations

from unicodedata import east_asian_width

import pytest

from ivr.diagnostics import render
from ivr.diagnostics.formats.text import summary
from ivr.diagnostics.problem import Place, Problem
from ivr.diagnostics.report import Report

SOURCE = "steps:\n  main:\n    - {label: 查询余额, goto: billng}\n\tx: 1\n"
NAME = "flows/main_menu.yaml"


def width(text: str) -> int:
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def frame(problem: Problem, source: str = SOURCE) -> list[str]:
    return render("text", [problem], Report({problem.place.file: source})).split("\n")


def test_a_problem_has_its_head_the_line_the_carets_and_the_cure() -> None:
    problem = Problem(Place(NAME, 3, 26, 6), "unknown-step", '"billng" is no step.', 'Did you mean "billing"?')
    assert frame(problem) == [
        'flows/main_menu.yaml:3:26: error unknown-step: "billng" is no step.',
        "  |",
        "3 |     - {label: 查询余额, goto: billng}",
        "  |                              ^^^^^^",
        '  = Did you mean "billing"?',
        "",
        "1 error in 1 file",
    ]


@pytest.mark.parametrize("text", ["查询余额", "ab查", "，“引”", "é", "한국어", "😀😀"])
def test_carets_are_as_wide_as_what_they_mark_and_stand_below_it(text: str) -> None:
    before = "say: 您好"
    lines = frame(Problem(Place("a", 1, len(before) + 1, len(text)), "r", "m"), f"{before}{text} end")
    shown, carets = lines[2], lines[3]
    assert carets.index("^") == width(shown[: shown.index(text)])
    assert carets.count("^") == width(text)


def test_tabs_are_expanded_before_the_carets_are_placed() -> None:
    lines = frame(Problem(Place("a", 1, 3), "r", "m"), "\tx: 1")
    assert lines[2] == "1 |     x: 1"
    assert lines[3] == "  |      ^"


def test_combining_marks_take_no_room() -> None:
    lines = frame(Problem(Place("a", 1, 4), "r", "m"), "e\u0301: x")
    assert lines[3] == "  |   ^"


def test_the_margin_grows_with_the_line_number() -> None:
    lines = frame(Problem(Place("a", 120, 1), "r", "m"), "x\n" * 130)
    assert lines[1:4] == ["    |", "120 | x", "    | ^"]


def test_related_places_are_shown_with_their_own_lines() -> None:
    related = ((Place(NAME, 2, 3, 4), "the first"),)
    lines = frame(Problem(Place(NAME, 3, 5), "repeated-key", "Twice.", related=related))
    assert "  : flows/main_menu.yaml:2:3: the first" in lines
    assert lines[lines.index("2 |   main:") + 1] == "  |   ^^^^"


def test_a_long_line_is_cut_around_the_spot() -> None:
    source = "很长" * 90 + "here" + "长" * 90
    lines = frame(Problem(Place("a", 1, 181, 4), "r", "m"), source)
    assert width(lines[2]) < 130
    assert "here" in lines[2]
    assert width(lines[2][: lines[2].index("here")]) == lines[3].index("^")


@pytest.mark.parametrize("place", [Place("a", 9, 1), Place("other", 1, 1), Place("a", 1, 99, 5)])
def test_a_place_outside_the_source_still_makes_a_report(place: Place) -> None:
    assert "error r: m" in render("text", [Problem(place, "r", "m")], Report({"a": "x\n"}))


def test_control_characters_do_not_reach_the_terminal() -> None:
    assert "\x1b" not in render("text", [Problem(Place("a", 1, 1), "r", "m")], Report({"a": "x\x1b[31m"}))


def test_colour_only_when_asked() -> None:
    problem = Problem(Place("a", 1, 1), "r", "m")
    assert "\x1b" not in render("text", [problem], Report({"a": "x"}))
    assert "\x1b[31m" in render("text", [problem], Report({"a": "x"}, colour=True))
    assert "\x1b" not in render("json", [problem], Report({"a": "x"}, colour=True))


def test_the_last_line_counts() -> None:
    error, warning = Problem(Place("a", 1, 1), "r", "m"), Problem(Place("b", 1, 1), "r", "m", level="warning")
    assert summary([error, error, error, warning], 5) == "3 errors, 1 warning in 2 files"
    assert summary([warning, Problem(Place("b", 2, 1), "r", "m", level="info")], 1) == "1 warning, 1 note in 1 file"
    assert summary([], 3) == "no problems in 3 files"
    assert render("text", [], Report({"a": "x"})) == "no problems in 1 file"
