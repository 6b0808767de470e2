"""The line whose flow files a command works on, without its flows; its calendar is read when a time first needs it."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from typing import TYPE_CHECKING

from ivr.calendar import CHINAS, LineCalendar

if TYPE_CHECKING:
    from ivr.flow.model import Hotline
    from ivr.settings import Settings


def folder_line(settings: Settings) -> Hotline:
    """Read line.yaml only: an emergency must be announced even while a flow has errors. Raises FlowError."""
    from ivr.diagnostics.problem import Place
    from ivr.errors import FlowError
    from ivr.flow.hotline import read_line
    from ivr.flow.loader import LINE
    from ivr.yamlfile.source import read_file

    path = settings.flows / LINE
    node, problems = read_file(path, path.as_posix()) if path.is_file() else (None, [])
    line, faults = read_line(node, Place(path.as_posix(), 1, 1), exists=path.is_file())
    if line is None:
        raise FlowError([*problems, *faults])
    return line


def folder_calendar() -> LineCalendar:
    """Return the calendar of line.yaml in the flows folder; that of China where it cannot be read."""
    line = _readable_line()
    return line.calendar if line else CHINAS


def folder_ticket_kinds() -> Collection[str]:
    """Return the kinds of tickets of line.yaml in the flows folder; those of a bank where it cannot be read."""
    from ivr.flow.own_classes import TICKET_KINDS

    line = _readable_line()
    return line.classes.ticket_kinds if line else TICKET_KINDS


@cache
def _readable_line() -> Hotline | None:
    from ivr.errors import IvrError
    from ivr.settings import Settings

    try:
        return folder_line(Settings.from_environment())
    # Commands for staff work without the flows; `ivr check` reports what is wrong in them.
    except (IvrError, OSError):
        return None
