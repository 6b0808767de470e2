"""Write the call that shows a refuted property: a conversation that `ivr test` plays."""

from __future__ import annotations

import functools
from collections import deque
from collections.abc import Collection, Mapping, Sequence
from importlib.resources import files
from typing import Any

from ivr.flow.line_graph import BY_CALLER, BY_ITSELF, BY_MISSES, BY_SILENCE, Arc, LineGraph, StepNode
from ivr.flow.model import RETURN, Step
from ivr.flow.outcomes import AGENT, FAILED, MAIN_MENU, UNVERIFIED, global_outcome
from ivr.flow.text import Text
from ivr.yamlfile.plain_value import plain_value
from ivr.yamlfile.shipped import shipped_block
from ivr.yamlfile.writer import written

from ._circles import Walked
from ._known_values import possible
from ._named_keys import keys_there
from ._rule import Parts

_DIALS = {"busy": "busy", "no_answer": "no-answer", "failed": "failed", "next": "completed"}
_ENTRIES = {
    "digits": "010",
    "amount": "100#",
    "date": "19880307",
    "time": "0900",
    "expiry": "0630",
    "phone": "13800000001#",
    "card": "6217000000001000128#",
    "id": "110101198803071018",
    "pin": "246802",
    "cvv": "123",
}
"""The keys of the caller of an example, by the kind of entry: those of a customer of the demo bank."""


def shortest_way(graph: LineGraph, to: StepNode, *, avoiding: Collection[tuple[str, str, str]] = ()) -> list[Walked]:
    """Return the way with the fewest steps from the answer of a call to a step; empty if it is the first one.

    `avoiding` names flow, step and outcome of arcs that the way must not take.
    """
    starts = [graph.start_of(flow.name) for flow in graph.called_flows()]
    before: dict[StepNode, Walked | None] = dict.fromkeys(starts)
    frontier = deque(starts)
    while frontier and to not in before:
        node = frontier.popleft()
        for arc in graph.arcs(node):
            # Where a nested flow returns to is an arc of the step that runs it, so that no way goes on from a
            # `return`.
            if arc.to not in before and arc.to[1] != RETURN and (node.flow, node.step, arc.outcome) not in avoiding:
                before[arc.to] = Walked(node, arc)
                frontier.append(arc.to)
    way: list[Walked] = []
    walked = before.get(to)
    while walked is not None:
        way.append(walked)
        walked = before[walked.node]
    return way[::-1]


def leading_back(graph: LineGraph, circle: Sequence[Walked]) -> Arc:
    """Return the arc of a circle that leads back most: from far behind the answer to near it."""

    def drop(walked: Walked) -> int:
        return graph.distances.get(walked.node, 0) - graph.distances.get(walked.arc.to, 0)

    return max(circle, key=drop).arc


def example_call(parts: Parts, title: str, way: Sequence[Walked], end: StepNode) -> str:
    """Return a conversation that takes a way and ends in a step; it passes while the property is refuted."""
    return _Example(parts, way).written(title, end)


class _Example:
    """One example under construction: the turns of the caller, and the circumstances that the way needs."""

    def __init__(self, parts: Parts, way: Sequence[Walked]) -> None:
        self._parts, self._graph, self._way = parts, parts.graph, way
        self._caller = next((each for each in _callers() if _fits(each, way, parts.graph)), _callers()[0])
        self._turns: list[dict[str, Any]] = []
        self._answers: dict[str, str] = {}
        self._desks: dict[str, str] = {}
        self._errors = self._level = 0

    def written(self, title: str, end: StepNode) -> str:
        for walked in self._way:
            step = self._graph.step(walked.node)
            if step is not None:
                self._take(step, walked)
        flow = self._way[0].node[0] if self._way else end[0]
        head: dict[str, Any] = {"conversation": title, "flow": flow, "from": self._caller["number"]}
        head |= {"answers": self._answers} if self._answers else {}
        head |= {"desks": self._desks} if self._desks else {}
        return written({**head, "turns": [*self._turns, self._end(end)]})

    def _end(self, end: StepNode) -> dict[str, Any]:
        """Return the last turn: the call waits in the step, or its words are heard, or it is still in the flow."""
        step = self._graph.step(end)
        if step is not None and step.listens:
            return {"expect": {"step": end.step}}
        says = step is not None and step.speaks and any(isinstance(value, Text) for value in vars(step).values())
        return {"hear": {"step": end.step}} if says else {"expect": {"flow": end.flow}}

    def _prove(self, level: int, tail: str) -> list[dict[str, Any]]:
        """Return how the caller proves an identity level; a code is read from the newest text message."""
        missing, self._level = range(self._level + 1, level + 1), max(self._level, level)
        by_card = [{"press": self._caller[tail]}, {"press": self._caller["pin"]}] if 1 in missing else []
        return by_card + ([{"press": "{code}"}] if 2 in missing else [])

    def _take(self, step: Step, walked: Walked) -> None:
        # By UNVERIFIED a protected step is left without a proof; every other outcome needs one first.
        if walked.arc.outcome != UNVERIFIED and step.requires > self._level:
            self._turns += self._prove(step.requires, "tail")
        if step.reaches_person:
            self._transfer(step, walked.arc)
        elif step.listens:
            self._listen(step, walked)
        elif (asked := step.asks()) and walked.arc.outcome in ("error", "missing"):
            parts, source = self._parts, asked.source.name
            # A conversation can replace the answers of outside services only.
            if source in parts.outside or not parts.bank_is_declared:  # our own services answer by themselves
                self._answers[source] = walked.arc.outcome

    def _transfer(self, step: Step, arc: Arc) -> None:
        if arc.outcome in _DIALS:
            self._turns.append({"dial": _DIALS[arc.outcome]})
        elif arc.outcome == "closed" and self._parts.line is not None:
            name, desks = step.desk().name, self._parts.line.desks
            names = [name] if name in desks else list(desks)
            self._desks |= dict.fromkeys(names, "closed")
        elif arc.causes == {BY_CALLER}:
            self._turns.append({"press": arc.outcome.removeprefix("key ")})

    def _listen(self, step: Step, walked: Walked) -> None:
        arc = walked.arc
        if arc.outcome == UNVERIFIED or (BY_ITSELF in arc.causes and BY_CALLER not in arc.causes):
            return
        if BY_CALLER in arc.causes:
            self._turns += [{"at": step.name, **act} for act in self._acts(step, walked)]
            return
        flow = self._graph.flows[walked.node[0]]
        act = {"wait": True} if BY_SILENCE in arc.causes else {"press": self._useless_key(step, walked)}
        tries = 1
        if arc.outcome == FAILED:
            # The budget of the whole call ends a ladder early: further silent turns would be those of a step that was
            # left.
            usual: int = getattr(step, "tries", 0) or flow.profile.tries
            nudged = step.silences() if BY_SILENCE in arc.causes else 0
            tries = min(usual, nudged or usual, max(1, flow.profile.error_budget - self._errors))
        self._errors += tries
        self._turns += [{"at": step.name, **act} for _ in range(tries)]

    def _useless_key(self, step: Step, walked: Walked) -> str:
        there = keys_there(step, self._graph.flows[walked.node[0]])
        # From 9 down, since menus count up from 1. Two keys at once fit no choice where each key alone does.
        return next((key for key in "98765432" if key not in there), "99")

    def _acts(self, step: Step, walked: Walked) -> list[dict[str, Any]]:
        """Return what the caller does to take an arc."""
        outcome, flow = walked.arc.outcome, self._graph.flows[walked.node[0]]
        universal = {global_outcome(number): choice.key for number, choice in enumerate(flow.globals)}
        if outcome in universal:
            return [{"press": universal[outcome]}]
        if outcome == AGENT:
            return [{"press": "*0" if step.fetches else "0"}]
        if outcome == MAIN_MENU:
            choices = (*step.own_choices(), *flow.globals)
            return [{"press": next((choice.key for choice in choices if choice.do == MAIN_MENU), "*")}]
        if step.affirms:
            return [{"press": "1" if outcome == step.affirms else "2"}]
        if step.proves():
            return self._prove(step.proves(), "id_tail" if step.places.get("by") else "tail")  # by card unless written
        if step.records:
            return [{"record": "5s"}]
        if step.fetches:
            return [{"press": self._entry(step)}]
        return [{"press": outcome.removeprefix("key ").partition(" ")[0]}]

    @staticmethod
    def _entry(step: Step) -> str:
        entry: Any = getattr(step, "entry", None)
        if entry is None:
            return "1"
        keys = _ENTRIES.get(entry.name, "1")
        if entry.name in ("digits", "pin", "cvv"):
            # Entries of a fixed length end with their last digit; a pound behind it would answer the next question.
            return (keys * 30)[: entry.least] + ("" if entry.fixed else "#")
        return keys


def _fits(caller: Mapping[str, Any], way: Sequence[Walked], graph: LineGraph) -> bool:
    """Return whether a caller's facts allow every condition of a way, and the caller can prove what it needs."""
    steps = filter(None, (graph.step(walked.node) for walked in way))
    proves = any(step.requires or step.proves() for step in steps)
    values = {"caller": {**caller["facts"], "risk": False, "profile": None, "frequent": None}}
    return (bool(caller["pin"]) or not proves) and all(possible(walked.arc.conditions, values) for walked in way)


@functools.cache
def _callers() -> Sequence[Mapping[str, Any]]:
    written = shipped_block(files(__package__) / "example_callers.yaml")
    callers: Sequence[Mapping[str, Any]] = plain_value(written)["callers"]
    return callers


def is_by_misses(arc: Arc) -> bool:
    """Return whether wrong answers make a call take an arc, and silence does not."""
    return BY_MISSES in arc.causes and not arc.causes & {BY_SILENCE, BY_ITSELF}
