"""The report as SARIF."""

from __future__ import annotations

import json

from ivr.diagnostics import render
from ivr.diagnostics.report import Report

from .samples import PROBLEMS, SOURCES


def test_sarif_has_one_run_with_its_rules_and_results() -> None:
    log = json.loads(render("sarif", PROBLEMS, Report(SOURCES)))
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
    [run] = json.loads(render("sarif", [], Report({})))["runs"]
    assert run["results"] == []
    assert run["tool"]["driver"]["name"] == "ivr"
