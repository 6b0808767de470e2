"""Figures of a period from journal rows and documents. Pure counting; how they are shown is not decided here."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..calendar import local
from ..engine.ports import CallStore, Document, Documents, JournalRow
from .clocks import KINDS
from .surveys import DETRACTOR, OPEN_TASKS, PROMOTER, SATISFIED, SURVEYS, TASKS
from .tickets import OPEN_TICKETS, TICKETS

SLACK_SECONDS = 3600
"""Rows are in the order written, which over many processes is nearly the order of time."""
PAGE = 1000
ENDED_LISTENING = ("failed", "no_input")
"""Outcomes that follow a silence or a miss which was counted already."""

Figures = dict[str, Any]


@dataclass
class Tally:
    """Counts journal rows one by one. Calls that were up when the period began count where their rows fall."""

    started: set[str] = field(default_factory=set)
    ended: dict[str, str] = field(default_factory=dict)
    transferred: set[str] = field(default_factory=set)
    reached: set[str] = field(default_factory=set)
    verified: set[str] = field(default_factory=set)
    identity: Counter[str] = field(default_factory=Counter)
    steps: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    desks: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    lookups: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    seconds: float = 0.0

    def add(self, row: JournalRow) -> None:
        """Count one row; kinds that have no figure are passed over."""
        data: Mapping[str, Any] = json.loads(row.data)
        step = f"{data.get('flow', '')}.{data.get('step', '')}"
        match row.kind:
            case "started":
                self.started.add(row.call_id)
            case "ended":
                self.ended[row.call_id] = str(data.get("reason", ""))
                self.seconds += float(data.get("seconds", 0))
            case "no_input" | "no_match":
                self.steps[step][row.kind] += 1
            case "outcome" if data.get("outcome") not in ENDED_LISTENING:
                self.steps[step]["answered"] += 1
            case "identity":
                self._identity(row.call_id, data)
            case "transfer":
                self.transferred.add(row.call_id)
                self.desks[str(data.get("desk"))]["transfers"] += 1
            case "dialled":
                self._dialled(row.call_id, data)
            case "lookup":
                self.lookups[str(data.get("source"))][str(data.get("outcome"))] += 1

    def _identity(self, call_id: str, data: Mapping[str, Any]) -> None:
        self.identity[str(data.get("outcome"))] += 1
        if data.get("outcome") == "verified":
            self.verified.add(call_id)

    def _dialled(self, call_id: str, data: Mapping[str, Any]) -> None:
        desk, status = self.desks[str(data.get("desk"))], str(data.get("status"))
        desk[status] += 1
        if status == "completed":
            self.reached.add(call_id)
            desk["seconds"] += round(float(data.get("seconds", 0)))

    def figures(self) -> Figures:
        """Return what was counted."""
        ended = len(self.ended)
        contained = sum(call not in self.transferred for call in self.ended)
        return {
            "calls": {
                "started": len(self.started),
                "ended": ended,
                "mean_seconds": round(self.seconds / ended, 1) if ended else None,
                "contained": contained,
                "contained_share": share(contained, ended),
                "transferred": len(self.transferred),
                "reached_a_person": len(self.reached),
                "reached_share": share(len(self.reached & self.transferred), len(self.transferred)),
                "verified": len(self.verified),
                "ended_by": dict(Counter(self.ended.values()).most_common()),
            },
            "steps": self._steps(),
            "identity": dict(self.identity.most_common()),
            "desks": {desk: _desk(counts) for desk, counts in sorted(self.desks.items())},
            "lookups": {source: dict(sorted(counts.items())) for source, counts in sorted(self.lookups.items())},
        }

    def _steps(self) -> Figures:
        """Return the steps where somebody was silent or not understood, the worst first."""
        heard = {step: _step(counts) for step, counts in self.steps.items()}
        missed = {step: row for step, row in heard.items() if row["no_input"] or row["no_match"]}
        worst = sorted(missed, key=lambda step: (-missed[step]["no_input"] - missed[step]["no_match"], step))
        return {step: missed[step] for step in worst}


def figures(store: CallStore, documents: Documents, since: float, now: float) -> Figures:
    """Return every figure of the time from `since` to now."""
    tally = Tally()
    for row in rows_since(store, since):
        tally.add(row)
    return {
        "since": local(since).isoformat(),
        "until": local(now).isoformat(timespec="seconds"),
        "live": store.live(),
        **tally.figures(),
        "tickets": _tickets(documents, since, now),
        "callbacks": _callbacks(documents, now),
        "survey": _survey(documents, since),
    }


def rows_since(store: CallStore, since: float) -> Iterator[JournalRow]:
    """Yield the journal rows from a moment on, without reading all that came before."""
    after = _rows_before(store, since - SLACK_SECONDS)
    while rows := store.journal(after=after, limit=PAGE):
        yield from (row for row in rows if row.at >= since)
        after += len(rows)


def _rows_before(store: CallStore, moment: float) -> int:
    """Return how many rows can be skipped: the step is doubled until it is too far, then halved."""

    def is_before(place: int) -> bool:
        row = store.journal(after=place - 1, limit=1)
        return bool(row) and row[0].at < moment

    skipped, step = 0, 1
    while is_before(skipped + step):
        skipped, step = skipped + step, step * 2
    while step := step // 2:
        if is_before(skipped + step):
            skipped += step
    return skipped


def share(part: int, whole: int) -> float | None:
    """Return a share from 0 to 1; None when there was nothing to share."""
    return round(part / whole, 4) if whole else None


def scores(surveys: list[Document]) -> Figures:
    """Return CSAT, the share of 4 and 5 of 5, and NPS, the share of 9 and 10 less that of 0 to 6, in points."""
    satisfaction = [one["satisfaction"] for one in surveys if one["satisfaction"] is not None]
    recommend = [one["recommend"] for one in surveys if one["recommend"] is not None]
    balance = sum(mark >= PROMOTER for mark in recommend) - sum(mark <= DETRACTOR for mark in recommend)
    return {
        "surveys": len(surveys),
        "csat": share(sum(mark >= SATISFIED for mark in satisfaction), len(satisfaction)),
        "csat_answers": len(satisfaction),
        "nps": round(100 * balance / len(recommend), 1) if recommend else None,
        "nps_answers": len(recommend),
    }


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


def _desk(counts: Counter[str]) -> Figures:
    """Return how the transfers to a desk ended; who hung up while it rang is `gone`."""
    ends = {end: counts[end] for end in ("completed", "busy", "no-answer", "failed", "canceled")}
    talks = counts["completed"]
    return {
        "transfers": counts["transfers"],
        **ends,
        "gone": max(0, counts["transfers"] - sum(ends.values())),
        "mean_talk_seconds": round(counts["seconds"] / talks, 1) if talks else None,
    }


def _tickets(documents: Documents, since: float, now: float) -> Figures:
    """Return the tickets of the period, and those that are open now whenever they came."""
    taken = [one for one in _documents(documents, TICKETS, f"T{local(since):%y%m%d}") if one["opened"] >= since]
    still = [one for one in _listed(documents, OPEN_TICKETS, TICKETS) if one["state"] in ("open", "working")]
    return {
        "taken": len(taken),
        "by_kind": {kind: sum(one["kind"] == kind for one in taken) for kind in KINDS},
        "by_severity": dict(Counter(one["severity"] for one in taken).most_common()),
        "repeated": sum(bool(one["repeat"]) for one in taken),
        "open": len(still),
        "first_reply_overdue": sum(
            one["replied"] is None and one["clocks"]["first_reply"]["due"] < now for one in still
        ),
        "final_overdue": sum(one["clocks"]["final"]["due"] < now for one in still),
    }


def _callbacks(documents: Documents, now: float) -> Figures:
    still = [one for one in _listed(documents, OPEN_TASKS, TASKS) if one["state"] == "open"]
    return {"open": len(still), "overdue": sum(one["clocks"]["callback"]["due"] < now for one in still)}


def _survey(documents: Documents, since: float) -> Figures:
    taken = [one for one in _documents(documents, SURVEYS, f"{local(since):%Y-%m-%d}") if one["at"] >= since]

    def by(name: str) -> Figures:
        names = sorted({str(one[name]) for one in taken if one[name]})
        return {value: scores([one for one in taken if one[name] == value]) for value in names}

    return {**scores(taken), "by_queue": by("queue"), "by_agent": by("agent"), "by_reason": by("reason")}


def _documents(documents: Documents, collection: str, after: str) -> Iterator[Document]:
    while keys := documents.keys(collection, after=after, limit=PAGE):
        for key in keys:
            if document := documents.get(collection, key):
                yield document
        after = keys[-1]


def _listed(documents: Documents, listed: str, collection: str) -> Iterator[Document]:
    """Yield the documents that a list names."""
    after = ""
    while keys := documents.keys(listed, after=after, limit=PAGE):
        for key in keys:
            if document := documents.get(collection, key):
                yield document
        after = keys[-1]
