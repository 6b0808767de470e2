"""Problems as workflow commands, which GitHub Actions shows as annotations. Must not print."""

from __future__ import annotations

from collections.abc import Sequence

from ivr.diagnostics.problem import Problem
from ivr.diagnostics.report import Report

_COMMAND = {"error": "error", "warning": "warning", "info": "notice"}


def render(problems: Sequence[Problem], report: Report) -> str:  # noqa: ARG001
    """Return one line per problem."""
    return "\n".join(_command(problem) for problem in problems)


def _command(problem: Problem) -> str:
    place = problem.place
    properties = {
        "file": place.file,
        "line": str(place.line),
        "col": str(place.column),
        "endColumn": str(place.column + place.length),
        "title": problem.rule,
    }
    listed = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    text = "\n".join(filter(None, (problem.message, problem.cure)))
    return f"::{_COMMAND[problem.level]} {listed}::{_data(text)}"


def _data(text: str) -> str:
    # The per cent sign first, or those of the other escapes would be escaped again.
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
