"""Problems as SARIF 2.1.0, the exchange format that code-scanning services read. Must not print."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path, PurePath
from typing import Any
from urllib.parse import quote

from ivr.diagnostics.problem import Fix, Place, Problem
from ivr.diagnostics.report import Report

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVEL = {"error": "error", "warning": "warning", "info": "note"}


def render(problems: Sequence[Problem], report: Report) -> str:
    """Return one run of the tool `ivr`, with a rule for each code that occurs."""
    rules = sorted({problem.rule for problem in problems})
    run = {
        "tool": {"driver": {"name": "ivr", "rules": [_rule(rule, report.rules.get(rule, "")) for rule in rules]}},
        # As Python counts. In UTF-16 code units, the standard's other kind, a rare Chinese character counts twice.
        "columnKind": "unicodeCodePoints",
        "artifacts": [{"location": {"uri": _uri(file)}} for file in report.sources],
        "results": [_result(problem, rules) for problem in problems],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2)


def _rule(rule: str, summary: str) -> dict[str, Any]:
    return {"id": rule, "shortDescription": {"text": summary}} if summary else {"id": rule}


def _result(problem: Problem, rules: list[str]) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": problem.rule,
        "ruleIndex": rules.index(problem.rule),
        "level": _LEVEL[problem.level],
        "message": {"text": " ".join(filter(None, (problem.message, problem.cure)))},
        "locations": [_location(problem.place)],
    }
    if problem.measured or problem.allowed:
        result["properties"] = {"measured": problem.measured, "allowed": problem.allowed}
    if problem.fixes:
        result["fixes"] = [_fix(problem.cure, fix) for fix in problem.fixes]
    if problem.related:
        result["relatedLocations"] = [
            {"id": number, **_location(place), "message": {"text": message}}
            for number, (place, message) in enumerate(problem.related, start=1)
        ]
    return result


def _fix(cure: str, fix: Fix) -> dict[str, Any]:
    change = {"deletedRegion": _region(fix.place), "insertedContent": {"text": fix.text}}
    return {
        "description": {"text": cure or "Change this."},
        "artifactChanges": [{"artifactLocation": {"uri": _uri(fix.place.file)}, "replacements": [change]}],
    }


def _location(place: Place) -> dict[str, Any]:
    return {"physicalLocation": {"artifactLocation": {"uri": _uri(place.file)}, "region": _region(place)}}


def _region(place: Place) -> dict[str, int]:
    return {"startLine": place.line, "startColumn": place.column, "endColumn": place.column + place.length}


def _uri(file: str) -> str:
    path = PurePath(file)
    return Path(path).as_uri() if path.is_absolute() else quote(path.as_posix())
