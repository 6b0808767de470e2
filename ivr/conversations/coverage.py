"""The ways through flows that conversations take, and those that none takes: choices, ladders, failures, other ways."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from ivr.diagnostics.problem import Place
from ivr.engine.journal import journal_rows
from ivr.engine.ports import CallStore
from ivr.flow.model import Release, Step
from ivr.flow.outcomes import FAILED, flow_routes

WayKind = Literal["choice", "ladder", "failure", "way"]
KINDS: Mapping[WayKind, str] = {
    "choice": "choices",
    "ladder": "ways after silence or misses",
    "failure": "ways after failures",
    "way": "other ways",
}
"""The kinds of ways: by a choice of the caller, no usable answer, a service or desk that fails, or anything else."""
_LADDERS = frozenset({"no_input", FAILED})
_FAILURES = frozenset({"error", "missing", "busy", "no_answer", "closed", "nobody", "full"})


class TakenWay(NamedTuple):
    """One way: from a step, by an outcome, to a step, a flow or `return`."""

    flow: str
    step: str
    outcome: str
    to: str


@dataclass(frozen=True)
class CoverableWay:
    """The kind of a way and the place of its target."""

    kind: WayKind
    place: Place


def ways_there(release: Release) -> Mapping[TakenWay, CoverableWay]:
    """Return every way of the steps of flows, and the flow's own after failures; not those that work everywhere."""
    ways: dict[TakenWay, CoverableWay] = {}
    for flow in release.flows.values():
        for step in flow.written_steps():
            routes = dict(step.exits())
            if step.listens and not step.reaches_person and not step.refusable:
                # The way to a person after the last try is written nowhere, and yet is one that callers take.
                routes.setdefault(FAILED, flow_routes(flow)[FAILED])
            for outcome, route in routes.items():
                for way in route:
                    taken = TakenWay(flow.name, step.name, outcome, way.goto.name)
                    place = way.goto.place if way.goto.place != flow.place else step.place
                    ways.setdefault(taken, CoverableWay(_kind(step, outcome), place))
    return ways


def ways_taken(store: CallStore, since: int = 0) -> tuple[frozenset[TakenWay], int]:
    """Return the ways that calls took, from journal row `since` on, and how many rows there are."""
    rows = list(journal_rows(store, kind="outcome"))
    data = (json.loads(row.data) for row in rows[since:])
    return frozenset(TakenWay(row["flow"], row["step"], row["outcome"], row["to"]) for row in data), len(rows)


def coverage_lines(there: Mapping[TakenWay, CoverableWay], taken: Collection[TakenWay]) -> list[str]:
    """Return a line per flow: how many ways of each kind are taken."""
    all_ways, covered = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for way, coverable in there.items():
        all_ways[way.flow, coverable.kind] += 1
        covered[way.flow, coverable.kind] += way in taken
    lines = []
    for flow in sorted({flow for flow, _ in all_ways}):
        kinds = [kind for kind in KINDS if all_ways[flow, kind]]
        shown = (f"{covered[flow, kind]} of {all_ways[flow, kind]} {KINDS[kind]}" for kind in kinds)
        lines.append(f"{flow}: {', '.join(shown)}")
    return lines


def _kind(step: Step, outcome: str) -> WayKind:
    if outcome in step.choice_outcomes():
        return "choice"
    if step.listens and outcome in _LADDERS and not step.reaches_person:
        return "ladder"
    return "failure" if outcome in _FAILURES or (step.reaches_person and outcome == FAILED) else "way"
