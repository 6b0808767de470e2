"""The formats of a report: each is found by its name."""

from __future__ import annotations

import pytest

from ivr.diagnostics import FORMATS, render
from ivr.diagnostics.report import Report

from .formats.samples import PROBLEMS, SOURCES


def test_every_format_writes_something_and_nothing_else_is_known() -> None:
    assert FORMATS == ("github", "json", "sarif", "text")
    assert all(render(name, PROBLEMS, Report(SOURCES)) for name in FORMATS)
    with pytest.raises(ValueError, match="xml"):
        render("xml", PROBLEMS, Report(SOURCES))
