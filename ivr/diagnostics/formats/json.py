"""Problems as a JSON list of objects, for programs. The field names are public and must not change."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from ivr.diagnostics.problem import Place, Problem
from ivr.diagnostics.report import Report


def render(problems: Sequence[Problem], report: Report) -> str:  # noqa: ARG001
    """Return a list with one object per problem; an empty list if there is none."""
    return json.dumps([_object(problem) for problem in problems], ensure_ascii=False, indent=2)


def _object(problem: Problem) -> dict[str, Any]:
    return {
        **_place(problem.place),
        "level": problem.level,
        "rule": problem.rule,
        "message": problem.message,
        "cure": problem.cure,
        "measured": problem.measured,
        "allowed": problem.allowed,
        "call": problem.call,
        "related": [{**_place(place), "message": message} for place, message in problem.related],
    }


def _place(place: Place) -> dict[str, Any]:
    return {"file": place.file, "line": place.line, "column": place.column, "length": place.length}
