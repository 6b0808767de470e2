"""Figures of a period, counted from journal rows and documents. Must not decide how they are shown."""

from __future__ import annotations

import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ivr.calendar import local
from ivr.engine.ports import CallStore, Document, Documents, JournalRow
from ivr.services.surveys import DETRACTOR, PROMOTER, SATISFIED, SURVEYS

from .case_figures import documents_after, task_figures, ticket_figures
from .kpi_targets import Figures
from .service_level import LONGEST_CALL, READ_ON, ServiceTally, mean, share

SLACK_SECONDS = 3600
"""Seconds by which rows may be out of order: they are in the order of writing, by several processes."""
_PAGE = 1000
ENDED_LISTENING = ("failed", "no_input")
"""Outcomes that follow a no_input or no_match that was counted already."""
SURVEYED = ("queue", "agent", "reason", "priority", "hour")
"""The groups by which answers to surveys are counted."""


@dataclass
class Tally:
    """Counts journal rows one by one. A call that was live when the period began counts by the rows in the period.

    Stores only live calls, each with its counted facts.
    """

    live: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    calls: Counter[str] = field(default_factory=Counter)
    ended: Counter[str] = field(default_factory=Counter)
    identity: Counter[str] = field(default_factory=Counter)
    steps: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    lookups: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    seconds: float = 0.0

    def add(self, row: JournalRow, data: Mapping[str, Any]) -> None:
        """Count one row; `data` is its parsed JSON. Kinds without a figure are ignored."""
        step = f"{data.get('flow', '')}.{data.get('step', '')}"
        match row.kind:
            case "started":
                self._once(row.call_id, "started")
            case "ended":
                self._ended(row.call_id, data)
            case "no_input" | "no_match":
                self.steps[step][row.kind] += 1
            case "outcome" if data.get("outcome") not in ENDED_LISTENING:
                self.steps[step]["answered"] += 1
            case "identity":
                self._identity(row.call_id, data)
            case "transfer":
                self._once(row.call_id, "transferred")
            case "talked":
                self._reached(row.call_id)
            case "dialled" if data.get("status") == "completed":
                self._reached(row.call_id)
            case "cut_off":
                self._once(row.call_id, "cut_off")
            case "go_on":
                self._once(row.call_id, f"go_on {data.get('outcome')}")
            case "lookup":
                self.lookups[str(data.get("source"))][str(data.get("outcome"))] += 1

    def _once(self, call_id: str, fact: str) -> None:
        """Count a fact of a call, the first time only."""
        facts = self.live[call_id]
        if fact not in facts:
            facts.add(fact)
            self.calls[fact] += 1

    def _ended(self, call_id: str, data: Mapping[str, Any]) -> None:
        # Its facts are dropped: with them, memory would grow with the period.
        self.calls["contained"] += "transferred" not in self.live.pop(call_id, ())
        self.ended[str(data.get("reason", ""))] += 1
        self.seconds += float(data.get("seconds", 0))

    def _identity(self, call_id: str, data: Mapping[str, Any]) -> None:
        self.identity[str(data.get("outcome"))] += 1
        if data.get("outcome") == "verified":
            self._once(call_id, "verified")

    def _reached(self, call_id: str) -> None:
        self._once(call_id, "reached")
        if "transferred" in self.live[call_id]:
            self._once(call_id, "reached by transfer")

    def figures(self) -> Figures:
        """Return the figures of the rows counted so far."""
        ended = sum(self.ended.values())
        return {
            "calls": {
                "started": self.calls["started"],
                "ended": ended,
                "mean_seconds": mean(self.seconds, ended),
                "contained": self.calls["contained"],
                "contained_share": share(self.calls["contained"], ended),
                "transferred": self.calls["transferred"],
                "reached_a_person": self.calls["reached"],
                "reached_share": share(self.calls["reached by transfer"], self.calls["transferred"]),
                "verified": self.calls["verified"],
                "cut_off": self.calls["cut_off"],
                "offered_to_go_on": self.calls["go_on offered"],
                "went_on": self.calls["go_on accepted"],
                "went_on_share": share(self.calls["go_on accepted"], self.calls["go_on offered"]),
                "ended_by": dict(self.ended.most_common()),
            },
            "steps": self._steps(),
            "identity": dict(self.identity.most_common()),
            "lookups": {source: dict(sorted(counts.items())) for source, counts in sorted(self.lookups.items())},
        }

    def _steps(self) -> Figures:
        """Return the steps with a no_input or no_match, the most frequent first."""
        rows = {step: _step(counts) for step, counts in self.steps.items()}
        missed = {step: row for step, row in rows.items() if row["no_input"] or row["no_match"]}
        worst = sorted(missed, key=lambda step: (-missed[step]["no_input"] - missed[step]["no_match"], step))
        return {step: missed[step] for step in worst}


@dataclass(frozen=True)
class Period:
    """The period of a report: from `since` to before `until`, seen at `now`; all in Unix seconds."""

    since: float
    until: float
    now: float

    def has(self, at: float) -> bool:
        """Return whether a time lies in the period."""
        return self.since <= at < self.until


def figures(store: CallStore, documents: Documents, period: Period, service: ServiceTally) -> Figures:
    """Return every figure of a period; `service` counts the transfers and holds the thresholds of the service level.

    Live calls and open tickets are those of now, whenever they began.
    """
    tally, end = Tally(), min(period.now, service.until + READ_ON)
    for row in rows_since(store, service.since - LONGEST_CALL, end):
        data: Mapping[str, Any] = json.loads(row.data)
        service.add(row, data)
        if period.has(row.at):
            tally.add(row, data)
    surveys = _survey(documents, period)
    return {
        "since": local(period.since).isoformat(),
        "until": local(min(period.until, period.now)).isoformat(timespec="seconds"),
        "live": store.live(),
        **tally.figures(),
        "desks": service.desks(),
        "people": _with_marks(service.figures(end), surveys),
        "tickets": ticket_figures(documents, period.since, period.until, period.now),
        "tasks": task_figures(documents, period.since, period.until, period.now),
        "survey": surveys,
    }


def _with_marks(people: Figures, surveys: Figures) -> Figures:
    """Add the survey's scores to the figures of each group."""
    people["all"] |= _marks(surveys)
    for group, survey_group in (("class", "priority"), ("desk", "queue"), ("agent", "agent"), ("hour", "hour")):
        for name, row in people[f"by_{group}"].items():
            row |= _marks(surveys[f"by_{survey_group}"].get(name, {}))
    return people


def _marks(scored: Figures) -> Figures:
    return {name: scored.get(name) for name in ("csat", "nps")}


def rows_since(store: CallStore, since: float, end: float = math.inf) -> Iterator[JournalRow]:
    """Yield the journal rows from `since` to `end` without reading all earlier or later ones."""
    after = _rows_before(store, since - SLACK_SECONDS)
    while rows := store.journal(after=after, limit=_PAGE):
        yield from (row for row in rows if since <= row.at <= end)
        if rows[-1].at > end + SLACK_SECONDS:
            return
        after += len(rows)


def _rows_before(store: CallStore, moment: float) -> int:
    """Return the number of rows to skip: double the step until it is too far, then bisect."""

    def is_before(place: int) -> bool:
        row = store.journal(after=place - 1, limit=1)
        # No row means that the place is beyond the last one.
        return bool(row) and row[0].at < moment

    skipped, step = 0, 1
    while is_before(skipped + step):
        skipped, step = skipped + step, step * 2
    while step := step // 2:
        if is_before(skipped + step):
            skipped += step
    return skipped


@dataclass
class Marks:
    """Counts the answers of surveys."""

    surveys: int = 0
    satisfied: int = 0
    satisfaction: int = 0
    balance: int = 0
    recommend: int = 0
    own: dict[str, list[int]] = field(default_factory=dict)
    """The answers to questions of line.yaml, by question."""

    def add(self, survey: Document) -> None:
        """Count one survey; an unanswered question is not counted."""
        self.surveys += 1
        if (mark := survey["satisfaction"]) is not None:
            self.satisfaction += 1
            self.satisfied += mark >= SATISFIED
        if (mark := survey["recommend"]) is not None:
            self.recommend += 1
            self.balance += (mark >= PROMOTER) - (mark <= DETRACTOR)
        for name, mark in survey.get("answers", {}).items():
            self.own.setdefault(name, []).append(mark)

    def scores(self) -> Figures:
        """Return CSAT (share of marks 4 and 5 of 5) and NPS (share of 9 and 10 minus share of 0 to 6, in points)."""
        return {
            "surveys": self.surveys,
            "csat": share(self.satisfied, self.satisfaction),
            "csat_answers": self.satisfaction,
            "nps": mean(100 * self.balance, self.recommend),
            "nps_answers": self.recommend,
            **({"questions": self._own_scores()} if self.own else {}),
        }

    def _own_scores(self) -> Figures:
        """Return the mean answer and the number of answers of each question of line.yaml."""
        marks = sorted(self.own.items())
        return {name: {"mean": mean(sum(values), len(values)), "answers": len(values)} for name, values in marks}


def _step(counts: Counter[str]) -> Figures:
    asked = counts["answered"] + counts["no_input"] + counts["no_match"]
    silent, missed = counts["no_input"], counts["no_match"]
    return {
        "asked": asked,
        "no_input": silent,
        "no_match": missed,
        "no_input_share": share(silent, asked),
        "no_match_share": share(missed, asked),
    }


def _survey(documents: Documents, period: Period) -> Figures:
    every = Marks()
    groups: dict[str, defaultdict[str, Marks]] = {name: defaultdict(Marks) for name in SURVEYED}
    for answer in documents_after(documents, SURVEYS, f"{local(period.since):%Y-%m-%d}"):
        if not period.has(answer["at"]):
            continue
        every.add(answer)
        for name, scores in groups.items():
            if value := f"{local(answer['at']).hour:02d}" if name == "hour" else str(answer.get(name) or ""):
                scores[value].add(answer)
    by = {f"by_{name}": {value: scores[value].scores() for value in sorted(scores)} for name, scores in groups.items()}
    return {**every.scores(), **by}
