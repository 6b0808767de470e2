"""The deadlines of a complaint and the roles that are notified, as pure functions of its time and severity.

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
"""The days within which the same kind of complaint from the same caller counts as a repeat."""


REMINDER_HOURS = 4
CALLING_HOURS = 9, 20
"""The hours of the day between which staff call callers back."""


@dataclass(frozen=True)
class Severity:
    """The rules of a severity: its least level, the days of the law, and the roles that are notified at once."""

    least: str
    statutory_days: int
    told_at_once: tuple[str, ...] = ()


SEVERITIES: Mapping[str, Severity] = {
    "ordinary": Severity("first", 15),
    "grave": Severity("middle", 30, ("duty_manager",)),
    "public": Severity("high", 30, ("duty_manager", "press_office")),
}
ROUTES: Mapping[str, str] = {"first": "agent", "middle": "team_leader", "high": "complaints_office"}
"""The role that is responsible for each level and gets its alarms."""


@dataclass(frozen=True)
class Deadline:
    """A deadline: the time of its warning and of its end, in Unix seconds."""

    warn: int
    due: int

    def document(self) -> Document:
        """Return the clock in its stored form."""
        return {"warn": self.warn, "due": self.due}


@dataclass(frozen=True)
class Promise:
    """The clocks of a ticket. `certain` is false when the last day lies in a year whose days off are not known yet."""

    first_reply: Deadline
    final: Deadline
    statutory: Deadline
    final_by: str
    certain: bool


def level_of(severity: str, asked: str, *, repeat: bool) -> str:
    """Return the level: at least the requested one and that of the severity, and one higher for a repeat."""
    place = max(TICKET_LEVELS.index(asked), TICKET_LEVELS.index(SEVERITIES[severity].least)) + repeat
    return TICKET_LEVELS[min(place, len(TICKET_LEVELS) - 1)]


def promise(opened: int, severity: str) -> Promise:
    """Return the deadlines of a complaint that was opened at `opened`."""
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
    """Return a clock that warns after four fifths of its time."""
    return Deadline(opened + int((due - opened) * WARN_SHARE), due)


def reminder_due(now: int) -> int:
    """Return by when the caller of a late complaint is called: in four hours, but not at night (Unix time)."""
    begin, end = CALLING_HOURS
    # 899 seconds more, so that cutting to the quarter of an hour rounds up.
    due = local(now + REMINDER_HOURS * 3600 + 899)
    due = due.replace(minute=due.minute // 15 * 15, second=0, microsecond=0)
    if due.hour >= end or due.hour < begin + REMINDER_HOURS - 1:
        day = due + timedelta(days=due.hour >= end)
        due = day.replace(hour=begin + REMINDER_HOURS - 1, minute=0)
    return int(due.timestamp())


def extended(clock: Mapping[str, int]) -> Document:
    """Return the clock of the law, extended by the days of an approval."""
    more = EXTENSION_DAYS * 86400
    return {"warn": clock["warn"] + more, "due": clock["due"] + more}


def _presumed(moment: datetime, days: int) -> datetime:
    there = add_working_days(moment, days, presume=True)
    assert there is not None  # noqa: S101 - weekdays never end
    return there


def _end_of(moment: datetime) -> int:
    """Return the last second of a day in China, in Unix seconds."""
    return int(moment.replace(hour=23, minute=59, second=59, microsecond=0).timestamp())
