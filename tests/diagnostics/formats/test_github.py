"""The report as GitHub annotations."""

from __future__ import annotations

from ivr.diagnostics import render
from ivr.diagnostics.report import Report

from .samples import PROBLEMS, SOURCES


def test_github_commands_are_one_line_each_and_escaped() -> None:
    lines = render("github", PROBLEMS, Report(SOURCES)).split("\n")
    assert lines == [
        "::error file=flows/主菜单 a%2Cb.yaml,line=14,col=13,endColumn=19,title=unknown-step"
        '::100%25 wrong:%0A"billng" is no step.%0ADid you mean "billing"?',
        "::warning file=flows/b.yaml,line=1,col=1,endColumn=2,title=hash::# begins a comment.",
        "::notice file=flows/b.yaml,line=2,col=1,endColumn=2,title=hash::# begins a comment.",
    ]
    assert render("github", [], Report({})) == ""
