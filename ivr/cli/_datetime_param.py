"""Moments that lie ahead, as operators write and read them, in China time."""

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
    """A moment that lies ahead, as Unix seconds: 18:00, "2026-11-24 08:00" (China time) or 2h."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Read a time of day (today, or else tomorrow), a date and time, or a length of time from now."""
        now = time.time()
        if isinstance(value, float):
            return value
        if length := _LENGTH.fullmatch(value.strip()):
            until = now + int(length[1]) * _UNITS[length[2]]
        else:
            until = self._moment(value.strip(), now, param, ctx)
        if until <= now:
            self.fail(f"{value!r} has passed", param, ctx)
        return until

    def _moment(self, text: str, now: float, param: click.Parameter | None, ctx: click.Context | None) -> float:
        from ivr.calendar import CHINA, local

        here = local(now)
        try:
            if _CLOCK.fullmatch(text):
                clock = datetime.strptime(text, "%H:%M").time()
                until = datetime.combine(here.date(), clock, CHINA)
                return (until if until > here else until + timedelta(days=1)).timestamp()
            moment = datetime.fromisoformat(text)
        except ValueError:
            self.fail(f'{text!r} is no time; write 18:00, "2026-11-24 08:00" or 2h', param, ctx)
        return (moment if moment.tzinfo else moment.replace(tzinfo=CHINA)).timestamp()


def moment_text(moment: float) -> str:
    """Write a moment as the bank's clock shows it."""
    from ivr.calendar import local

    return local(moment).strftime("%Y-%m-%d %H:%M")
