"""Commands write times in the zone of the line whose folder they work on."""

from __future__ import annotations

from pathlib import Path

from ivr.calendar import CHINAS, LineCalendar
from ivr.cli._folder_line import _readable_line, folder_calendar

LINES = Path(__file__).parents[1] / "flows" / "lines"


def test_the_calendar_is_that_of_line_yaml(monkeypatch):
    _readable_line.cache_clear()
    monkeypatch.setenv("IVR_FLOWS", str(LINES / "advice" / "flows"))
    assert folder_calendar() == LineCalendar("Europe/London", "GB-ENG")
    _readable_line.cache_clear()


def test_without_a_line_it_is_that_of_china(monkeypatch, tmp_path):
    _readable_line.cache_clear()
    monkeypatch.setenv("IVR_FLOWS", str(tmp_path))
    assert folder_calendar() == CHINAS
    _readable_line.cache_clear()
