"""Reports for programs: JSON, GitHub annotations and SARIF."""

from __future__ import annotations

import json

import pytest

from ivr.diagnostics import FORMATS, render
from ivr.diagnostics.problem import Place, Problem

PROBLEMS = [
    Problem(
        Place("flows/主菜单 a,b.yaml", 14, 13, 6),
        "unknown-step",
        '100% wrong:\n"billng" is no step.',
        'Did you mean "billing"?',
        related=((Place("flows/b.yaml", 2, 3, 4), "the first"),),
    ),
    Problem(Place("flows/b.yaml", 1, 1), "hash", "# begins a comment.", level="warning"),
    Problem(Place("flows/b.yaml", 2, 1), "hash", "# begins a comment.", level="info"),
]
SOURCES = {"flows/主菜单 a,b.yaml": "", "flows/b.yaml": ""}


def test_every_format_writes_something_and_nothing_else_is_known() -> None:
    assert FORMATS == ("github", "json", "sarif", "text")
    assert all(render(name, PROBLEMS, SOURCES) for name in FORMATS)
    with pytest.raises(ValueError, match="xml"):
        render("xml", PROBLEMS, SOURCES)


def test_json_is_a_list_of_objects() -> None:
    first, second, _ = json.loads(render("json", PROBLEMS, SOURCES))
    assert first == {
        "file": "flows/主菜单 a,b.yaml",
        "line": 14,
        "column": 13,
        "length": 6,
        "level": "error",
        "rule": "unknown-step",
        "message": '100% wrong:\n"billng" is no step.',
        "cure": 'Did you mean "billing"?',
        "related": [{"file": "flows/b.yaml", "line": 2, "column": 3, "length": 4, "message": "the first"}],
    }
    assert (second["level"], second["related"], second["cure"]) == ("warning", [], "")
    assert json.loads(render("json", [], {})) == []


def test_github_commands_are_one_line_each_and_escaped() -> None:
    lines = render("github", PROBLEMS, SOURCES).split("\n")
    assert lines == [
        "::error file=flows/主菜单 a%2Cb.yaml,line=14,col=13,endColumn=19,title=unknown-step"
        '::100%25 wrong:%0A"billng" is no step.%0ADid you mean "billing"?',
        "::warning file=flows/b.yaml,line=1,col=1,endColumn=2,title=hash::# begins a comment.",
        "::notice file=flows/b.yaml,line=2,col=1,endColumn=2,title=hash::# begins a comment.",
    ]
    assert render("github", [], {}) == ""


def test_sarif_has_one_run_with_its_rules_and_results() -> None:
    log = json.loads(render("sarif", PROBLEMS, SOURCES))
    assert (log["version"], log["$schema"].endswith("sarif-2.1.0.json")) == ("2.1.0", True)
    [run] = log["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert rules == ["hash", "unknown-step"]
    assert run["columnKind"] == "unicodeCodePoints"
    assert all(rules[result["ruleIndex"]] == result["ruleId"] for result in run["results"])
    assert [result["level"] for result in run["results"]] == ["error", "warning", "note"]
    location = run["results"][0]["locations"][0]["physicalLocation"]
    assert location["artifactLocation"]["uri"] == "flows/%E4%B8%BB%E8%8F%9C%E5%8D%95%20a%2Cb.yaml"
    assert location["region"] == {"startLine": 14, "startColumn": 13, "endColumn": 19}
    [related] = run["results"][0]["relatedLocations"]
    assert related["message"] == {"text": "the first"}
    assert "Did you mean" in run["results"][0]["message"]["text"]


def test_sarif_without_problems_is_still_a_log() -> None:
    [run] = json.loads(render("sarif", [], {}))["runs"]
    assert run["results"] == []
    assert run["tool"]["driver"]["name"] == "ivr"
