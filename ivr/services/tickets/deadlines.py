"""The promises that come with a complaint, as data: who hears of it, and by when. Pure; has no clock of its own.

Sources: 24 hours and five working days are the service standard of the hotline; 15 and 30 days, and 30 more with
approval, are the law (银行业保险业消费投诉处理管理办法, 2020).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from ivr.calendar import add_working_days, local
from ivr.engine.ports import Document
from ivr.engine.service_ports.tickets import TICKET_LEVELS

FIRST_REPLY_HOURS = 24
FINAL_DAYS = 5
WARN_DAYS = 4
WARN_SHARE = 0.8
EXTENSION_DAYS = 30
REPEAT_DAYS = 7
"""The same caller with the same kind of complaint within so many days has come back."""


@dataclass(frozen=True)
class Severity:
    """How a severity is dealt with: its least level, the days of the law, and which roles are told at once."""

    least: str
    statutory_days: int
    told_at_once: tuple[str, ...] = ()


SEVERITIES: Mapping[str, Severity] = {
    "ordinary": Severity("first", 15),
    "grave": Severity("middle", 30, ("duty_manager",)),
    "public": Severity("high", 30, ("duty_manager", "press_office")),
}
ROUTES: Mapping[str, str] = {"first": "agent", "middle": "team_leader", "high": "complaints_office"}
"""The role that a level belongs to, and that its alarms go to."""


@dataclass(frozen=True)
class Deadline:
    """When a clock warns and when it has run out, in Unix seconds."""

    warn: int
    due: int

    def document(self) -> Document:
        """Return it as it is stored."""
        return {"warn": self.warn, "due": self.due}


@dataclass(frozen=True)
class Promise:
    """The clocks of a ticket. `certain` is false when the last day lies in a year whose days off nobody knows yet."""

    first_reply: Deadline
    final: Deadline
    statutory: Deadline
    final_by: str
    certain: bool


def level_of(severity: str, asked: str, *, repeat: bool) -> str:
    """Return the level: at least the one asked for and the severity's own; one higher for who comes back."""
    place = max(TICKET_LEVELS.index(asked), TICKET_LEVELS.index(SEVERITIES[severity].least)) + repeat
    return TICKET_LEVELS[min(place, len(TICKET_LEVELS) - 1)]


def promise(opened: int, severity: str) -> Promise:
    """Return what is promised to who complained at `opened`."""
    moment = local(opened)
    sure = add_working_days(moment, FINAL_DAYS)
    last = sure or _presumed(moment, FINAL_DAYS)
    statutory = _end_of(moment + timedelta(days=SEVERITIES[severity].statutory_days))
    return Promise(
        first_reply=spread(opened, opened + FIRST_REPLY_HOURS * 3600),
        final=Deadline(int(_presumed(moment, WARN_DAYS).timestamp()), _end_of(last)),
        statutory=spread(opened, statutory),
        final_by=last.date().isoformat(),
        certain=sure is not None,
    )


def spread(opened: int, due: int) -> Deadline:
    """Return a clock that warns when four fifths of its time have gone."""
    return Deadline(opened + int((due - opened) * WARN_SHARE), due)


def extended(clock: Mapping[str, int]) -> Document:
    """Return the clock of the law with the days that an approval adds."""
    more = EXTENSION_DAYS * 86400
    return {"warn": clock["warn"] + more, "due": clock["due"] + more}


def _presumed(moment: datetime, days: int) -> datetime:
    there = add_working_days(moment, days, presume=True)
    assert there is not None  # noqa: S101 - weekdays never end
    return there


def _end_of(moment: datetime) -> int:
    """Return the last second of a day in China."""
    return int(moment.replace(hour=23, minute=59, second=59, microsecond=0).timestamp())
