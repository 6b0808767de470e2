"""One slip in a small file: where it must be found, and that the line shown as its cure is sound."""

from __future__ import annotations

from ivr.diagnostics.problem import Problem
from ivr.yamlfile.source import read_text

SlipCase = tuple[str, str, int, int, str]
"""Text, rule, line, column, and what the cure (or the message) must show."""


def read(text: str) -> list[Problem]:
    return read_text(text, "f.yaml")[1]


def check_slip(case: SlipCase) -> None:
    """Assert that the slip is explained by its cause at its place, and that the line shown as cure mends it."""
    text, rule, line, column, shown = case
    problems = read(text)
    assert [(p.rule, p.place.line, p.place.column) for p in problems] == [(rule, line, column)]
    assert shown in problems[0].cure or shown in problems[0].message
    assert mended(text) is None or read(mended(text) or "") == []


def mended(text: str) -> str | None:
    """Put the line that the cure shows in place of the faulty one; None where the cure is told in words."""
    [problem] = read(text)
    _, shown, line = problem.cure.partition(": ")
    if problem.rule == "indentation" or not shown:
        return None
    lines = text.split("\n")
    old = lines[problem.place.line - 1]
    lines[problem.place.line - 1] = " " * (len(old) - len(old.lstrip(" \u3000"))) + line
    return "\n".join(lines)
