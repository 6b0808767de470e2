"""Times as operators write and read them, in the time of the line."""

from __future__ import annotations

import re
import time
from datetime import datetime, timedelta
from typing import Any

import click

DAY = 24 * 3600.0
_LENGTH = re.compile(r"(\d+)\s*(m|min|h|d)")
_UNITS = {"m": 60.0, "min": 60.0, "h": 3600.0, "d": DAY}
_CLOCK = re.compile(r"\d{1,2}:\d{2}")


class Moment(click.ParamType):  # type: ignore[type-arg]
    """A future time as Unix seconds, written 18:00, "2026-11-24 08:00" (in the line's time) or 2h.

    With `past`, one that has passed is allowed.
    """

    name = "time"

    def __init__(self, *, past: bool = False) -> None:
        self._past = past

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read a time of day (today, or tomorrow if it has passed), a date and time, or a duration from now."""
        now = time.time()
        # click converts defaults as well, which are converted already.
        if isinstance(value, float):
            return value
        if length := _LENGTH.fullmatch(value.strip()):
            until = now + int(length[1]) * _UNITS[length[2]]
        else:
            until = self._moment(value.strip(), now, param, ctx)
        if until <= now and not self._past:
            self.fail(f"{value!r} has passed", param, ctx)
        return until

    def _moment(self, text: str, now: float, param: click.Parameter | None, ctx: click.Context | None) -> float:
        from ivr.calendar import local, staff_calendar

        today, zone = local(now), staff_calendar().zone
        try:
            if text == "24:00":  # the end of today, as opening hours write it
                return datetime.combine(today.date() + timedelta(days=1), datetime.min.time(), zone).timestamp()
            if _CLOCK.fullmatch(text):
                clock = datetime.strptime(text, "%H:%M").time()
                until = datetime.combine(today.date(), clock, zone)
                return (until if until > today else until + timedelta(days=1)).timestamp()
            moment = datetime.fromisoformat(text)
        except ValueError:
            self.fail(f'{text!r} is no time; write 18:00, "2026-11-24 08:00" or 2h', param, ctx)
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).timestamp()


def moment_text(moment: float) -> str:
    """Write a Unix time in the time of the line, to the minute."""
    from ivr.calendar import local

    return local(moment).strftime("%Y-%m-%d %H:%M")
