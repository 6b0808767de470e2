"""The calendar of the line whose flow files a command works on, read when a time is first read or written."""

from __future__ import annotations

from functools import cache

from ivr.calendar import CHINAS, LineCalendar


@cache
def folder_calendar() -> LineCalendar:
    """Return the calendar of line.yaml in the flows folder; that of China where it cannot be read."""
    from ivr.errors import IvrError
    from ivr.flow.loader import load
    from ivr.session.step_registry import catalogue
    from ivr.settings import Settings

    try:
        return load(Settings.from_environment().flows, catalogue()).line.calendar
    except (IvrError, OSError):
        return CHINAS
