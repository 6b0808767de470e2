"""The report as JSON."""

from __future__ import annotations

import json

from ivr.diagnostics import render
from ivr.diagnostics.report import Report

from .samples import PROBLEMS, SOURCES


def test_json_is_a_list_of_objects() -> None:
    first, second, _ = json.loads(render("json", PROBLEMS, Report(SOURCES)))
    assert first == {
        "file": "flows/主菜单 a,b.yaml",
        "line": 14,
        "column": 13,
        "length": 6,
        "level": "error",
        "rule": "unknown-step",
        "message": '100% wrong:\n"billng" is no step.',
        "cure": 'Did you mean "billing"?',
        "measured": "",
        "allowed": "",
        "call": "",
        "related": [{"file": "flows/b.yaml", "line": 2, "column": 3, "length": 4, "message": "the first"}],
    }
    assert (second["level"], second["related"], second["cure"]) == ("warning", [], "")
    assert json.loads(render("json", [], Report({}))) == []
