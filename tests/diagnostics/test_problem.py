"""Problems: how one is written, and in which order many come."""

from __future__ import annotations

from ivr.diagnostics.problem import Place, Problem, in_order


def test_a_problem_is_written_with_place_level_rule_and_cure() -> None:
    problem = Problem(Place("a.yaml", 3, 7), "tab", "A tab.", "Write two spaces.", "warning")
    assert str(problem) == "a.yaml:3:7: warning tab: A tab. Write two spaces."
    assert str(Problem(Place("a.yaml", 3, 7), "tab", "A tab.")) == "a.yaml:3:7: error tab: A tab."


def test_problems_come_by_file_line_column_and_rule_and_once() -> None:
    places = [("b", 1, "r"), ("a", 10, "r"), ("a", 2, "s"), ("a", 2, "r"), ("a", 2, "s")]
    ordered = in_order([Problem(Place(file, line, 1), rule, "m") for file, line, rule in places])
    shown = [(problem.place.file, problem.place.line, problem.rule) for problem in ordered]
    assert shown == [("a", 2, "r"), ("a", 2, "s"), ("a", 10, "r"), ("b", 1, "r")]
