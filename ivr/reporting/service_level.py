"""Service level: time to answer, abandonment, handling time and repeated calls.

Counts journal rows; memory does not grow with the period. Sums by class, desk, agent and hour. Reads no store.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ivr.calendar import local
from ivr.engine.ports import JournalRow

from .first_contact import WINDOW, Contacts, ContactVerdict
from .kpi_targets import Figures
from .queue_visits import Visit, Visits

WITHIN = 20.0
"""Seconds in which a call should be answered: the 20 of "80 % within 20 seconds"."""
SHORT_WAIT = 5.0
"""Seconds below which a hang-up does not count as abandonment: the wait was not its reason."""
LONGEST_CALL = 6 * 3600.0
"""Seconds after which a call is over in any case. Rows are read from so long before the period, for calls that began
before it, until so long after it, for calls that end later."""
READ_ON = WINDOW + LONGEST_CALL
"""Seconds after the period in which rows are read, since callers may call again."""

_GROUPS = ("class", "desk", "agent", "hour")
WrapUp = Callable[[str], float]
"""Returns the wrap-up time of a desk in seconds."""


@dataclass
class Sums:
    """The sums of one group of calls. A call that waits, rings at an agent or is connected to one is `open`."""

    offered: int = 0
    answered: int = 0
    within: int = 0
    abandoned: int = 0
    short: int = 0
    left: Counter[str] = field(default_factory=Counter)
    open: int = 0
    closed: int = 0
    waited: int = 0
    longest: int = 0
    talked: int = 0
    wrapped_up: float = 0.0
    rung: int = 0
    refused: int = 0
    verdicts: Counter[ContactVerdict] = field(default_factory=Counter)

    def figures(self) -> Figures:
        """Return the figures; a share or mean of nothing is None."""
        # Calls whose end is not known yet, and hang-ups in the first seconds, are neither kept nor missed.
        over = self.offered - self.open - self.short
        return {
            "offered": self.offered,
            "answered": self.answered,
            "answered_within": self.within,
            "service_level": share(self.within, over),
            "asa": mean(self.waited, self.answered),
            "longest_wait": self.longest if self.offered > self.open else None,
            "abandoned": self.abandoned,
            "abandoned_short": self.short,
            "abandonment": share(self.abandoned - self.short, over),
            "left": sum(self.left.values()),
            "left_why": dict(self.left.most_common()),
            "open": self.open,
            "closed": self.closed,
            "mean_talk": mean(self.talked, self.answered),
            "aht": mean(self.talked + self.wrapped_up, self.answered),
            **self._resolution(),
        }

    def of_agent(self) -> Figures:
        """Return the figures of one agent; waits and abandonment are left out, since an agent does not control them."""
        own = self.figures()
        names = ("answered", "mean_talk", "aht", "fcr", "fcr_judged", "fcr_too_young")
        return {"rung": self.rung, "refused": self.refused} | {name: own[name] for name in names}

    def _resolution(self) -> Figures:
        judged = self.verdicts["solved"] + self.verdicts["repeated"]
        return {
            "fcr": share(self.verdicts["solved"], judged),
            "fcr_judged": judged,
            **{f"fcr_{why}": self.verdicts[why] for why in ("too_young", "withheld", "without_reason")},
        }


class ServiceTally:
    """Counts journal rows one by one, in the order written, from `since - LONGEST_CALL` to `until + READ_ON`.

    A request for an agent counts in the period and hour in which it began, even if it ends later. Without `wrap_up`,
    the handling time is the talk alone.
    """

    def __init__(
        self,
        since: float,
        until: float,
        *,
        within: float = WITHIN,
        short: float = SHORT_WAIT,
        wrap_up: WrapUp | None = None,
    ) -> None:
        self.since, self.until, self.within, self.short = since, until, within, short
        self._wrap_up = wrap_up
        self._visits = Visits()
        self._contacts = Contacts(self._judged)
        self._all = Sums()
        self._groups: dict[str, defaultdict[str, Sums]] = {group: defaultdict(Sums) for group in _GROUPS}
        self.direct: defaultdict[str, Counter[str]] = defaultdict(Counter)

    def add(self, row: JournalRow, data: Mapping[str, Any]) -> None:
        """Count one row; `data` is its parsed JSON."""
        self._contacts.add(row, data)
        for visit in self._visits.add(row, data):
            if self._counts(visit.at):
                self._over(visit)
        if self._counts(row.at):
            self._count(row, data)

    def _counts(self, at: float) -> bool:
        return self.since <= at < self.until

    def _count(self, row: JournalRow, data: Mapping[str, Any]) -> None:
        """Count rows that need no context: telephones rung, desks dialled, desks closed."""
        match row.kind:
            case "ring":
                self._groups["agent"][str(data.get("agent", ""))].rung += 1
            case "refused":
                self._groups["agent"][str(data.get("agent", ""))].refused += 1
            case "dialled":
                desk = self.direct[str(data.get("desk", ""))]
                desk[str(data.get("status", ""))] += 1
                desk["seconds"] += round(float(data.get("seconds") or 0)) if data.get("status") == "completed" else 0
            case "closed":
                self._all.closed += 1
                self._groups["desk"][str(data.get("desk", ""))].closed += 1

    def _over(self, visit: Visit) -> None:
        # The carrier's report of a dial has no wait in it, so that these calls cannot count for the service level.
        if visit.way != "queue":
            self.direct[visit.desk]["gone"] += visit.end == "abandoned"
            return
        for sums in self._sums_of(visit.at, visit.priority, visit.desk, visit.agent):
            self._sum(sums, visit)
        if visit.end == "answered":
            self._contacts.talked(visit)

    def _sums_of(self, at: float, priority: str, desk: str, agent: str = "") -> list[Sums]:
        names = {"class": priority, "desk": desk, "agent": agent, "hour": f"{local(at).hour:02d}"}
        return [self._all, *(self._groups[group][name] for group, name in names.items() if name)]

    def _sum(self, sums: Sums, visit: Visit) -> None:
        sums.offered += 1
        sums.longest = max(sums.longest, visit.waited)
        match visit.end:
            case "answered":
                sums.answered += 1
                sums.within += visit.waited <= self.within
                sums.waited += visit.waited
                sums.talked += visit.seconds
                sums.wrapped_up += self._wrap_up(visit.desk) if self._wrap_up else 0.0
            case "abandoned":
                sums.abandoned += 1
                sums.short += visit.waited < self.short
            case "left":
                sums.left[visit.why] += 1

    def _judged(self, talk: Visit, verdict: ContactVerdict) -> None:
        for sums in self._sums_of(talk.at, talk.priority, talk.desk, talk.agent):
            sums.verdicts[verdict] += 1

    def figures(self, end: float) -> Figures:
        """Return the figures; `end` is the time up to which rows were read. Call it once, after the last row."""
        self._contacts.finish(end)
        # They were offered: without them a report of the current hour would show fewer calls than came.
        for visit in self._visits.open.values():
            if visit.way == "queue" and self._counts(visit.at):
                for sums in self._sums_of(visit.at, visit.priority, visit.desk):
                    sums.offered += 1
                    sums.open += 1
        return {
            "within_seconds": self.within,
            "short_seconds": self.short,
            "aht_includes": "talk and wrap-up as configured" if self._wrap_up else "talk only",
            "all": self._all.figures(),
            **{f"by_{group}": self._of(group) for group in _GROUPS},
        }

    def desks(self) -> Figures:
        """Return the transfers to desks' own numbers, which bypass the queue; overflow desks count too."""
        return {desk: _direct(counts) for desk, counts in sorted(self.direct.items())}

    def _of(self, group: str) -> Figures:
        tallies = sorted(self._groups[group].items())
        return {name: sums.of_agent() if group == "agent" else sums.figures() for name, sums in tallies}


def _direct(counts: Counter[str]) -> Figures:
    """Return how dialling a desk's number ended; `gone` are callers who hung up while it rang."""
    ends = {end: counts[end] for end in ("completed", "busy", "no-answer", "failed", "canceled", "gone")}
    return {
        "transfers": sum(ends.values()),
        **ends,
        "mean_talk_seconds": mean(counts["seconds"], counts["completed"]),
    }


def share(part: int, whole: int) -> float | None:
    """Return a share from 0 to 1 with four decimals; None if `whole` is 0."""
    return round(part / whole, 4) if whole > 0 else None


def mean(total: float, count: int) -> float | None:
    """Return a mean with one decimal; None if `count` is 0."""
    return round(total / count, 1) if count else None
