"""All flows of a line as one graph: steps, what leads from one to the next, and whether a caller must act for it.

Rules prove with it what `ivr check` finds, `ivr graph` draws it, and `ivr diff` compares two of them. Must not run
a call.

The routes are those of the chart that runs the calls (`outcomes.step_routes`, `outcomes.flow_routes`). A flow that a
step runs is a procedure: it is entered from that step, and "next" is taken if the flow can come to `return`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, Self

from ivr.diagnostics.problem import Place

from .expressions import Expression
from .model import RETURN, Choice, Flow, Hotline, Release, Route, Step, Target
from .outcomes import AGENT, FAILED, MAIN_MENU, UNVERIFIED, flow_routes, global_outcome, step_routes

StepName = tuple[str, str]
"""A flow and a step."""


class StepNode(NamedTuple):
    """A step of a flow that is called, or with `run` of one that another flow runs, where `return` is an end."""

    flow: str
    step: str
    run: bool = False

    @property
    def name(self) -> StepName:
        """The flow and the step."""
        return self.flow, self.step


_SILENCE = "no_input"
"""The outcome of a step in which silence leads on at once; other failures have their own."""
RUN = "enters"
"""The outcome of a step that enters the flow which it runs."""
BY_ITSELF, BY_SILENCE, BY_MISSES, BY_CALLER = "itself", "silence", "misses", "caller"
"""The causes by which a call takes an arc: none, the caller's silence, wrong answers, or a choice or entry."""


@dataclass(frozen=True)
class Arc:
    """One way from a step: the outcome, where it leads, and what makes a call take it.

    `conditions` are those that hold (or, with False, do not hold) on it. `returns_from` names the flow that must come
    to `return` first. `choice` is the choice of a caller that takes it, if one does.
    """

    outcome: str
    to: StepNode
    place: Place
    causes: frozenset[str]
    conditions: tuple[tuple[Expression, bool], ...] = ()
    returns_from: str = ""
    choice: Choice | None = None

    @property
    def when(self) -> str:
        """The condition that is written on this way; "" for none. Those before it must not hold, either."""
        expression, holds = self.conditions[-1] if self.conditions else (None, False)
        return expression.text if expression is not None and holds else ""


class LineGraph:
    """The graph of all flows of a folder; `sound` tells whether every target is known, so that proofs can be made."""

    def __init__(self, flows: Mapping[str, Flow], line: Hotline | None, *, sound: bool = True) -> None:
        self.flows = flows
        self.sound = sound
        self._line = line
        self._arcs: dict[StepNode, tuple[Arc, ...]] = {}

    @classmethod
    def of_release(cls, release: Release) -> Self:
        """Return the graph of a release, whose flows are all valid."""
        return cls(release.flows, release.line)

    def step(self, node: StepNode) -> Step | None:
        """Return the step of a node; None for the end of a procedure, and for a name that no step has."""
        flow = self.flows.get(node.flow)
        return flow.steps.get(node.step) if flow else None

    def start_of(self, flow: str, *, run: bool = False) -> StepNode:
        """Return the first step of a flow."""
        return StepNode(flow, self.flows[flow].start, run)

    def place_of(self, node: StepNode) -> Place:
        """Return the place of a step; for a generated one, that of the level which it proves."""
        step = self.step(node)
        return step.place if step is not None else self.flows[node.flow].place

    def called_flows(self) -> Sequence[Flow]:
        """Return the flows that called numbers lead to; none if they are not known, or the graph is not sound."""
        if self._line is None or not self.sound:
            return []
        names = dict.fromkeys(number.flow.name for number in self._line.numbers.values())
        return [self.flows[name] for name in names if name in self.flows]

    @cached_property
    def distances(self) -> Mapping[StepNode, int]:
        """The steps to which calls can come, with the fewest steps from the answer; conditions are taken to hold."""
        distances = {self.start_of(flow.name): 0 for flow in self.called_flows()}
        frontier = deque(distances)
        while frontier:
            node = frontier.popleft()
            for arc in self.arcs(node):
                if arc.to not in distances:
                    distances[arc.to] = distances[node] + 1
                    frontier.append(arc.to)
        return distances

    def arcs(self, node: StepNode) -> tuple[Arc, ...]:
        """Return the arcs that begin in a step."""
        if node not in self._arcs:
            step = self.step(node)
            self._arcs[node] = tuple(self._arcs_of(node, step)) if step is not None else ()
        return self._arcs[node]

    def _arcs_of(self, node: StepNode, step: Step) -> Iterator[Arc]:
        flow, nested = self.flows[node.flow], step.nested()
        if nested is not None and nested.name in self.flows:
            place = step.place_of(step.kind)
            yield Arc(RUN, self.start_of(nested.name, run=True), place, frozenset({BY_ITSELF}))
        own = step_routes(step)
        for outcome, route in {**self._everywhere(step, flow), **own}.items():
            causes = _causes(step, outcome)
            if outcome == MAIN_MENU and node.run and outcome not in own:
                yield from self._main_menus(step, causes)
                continue
            comes_back = nested.name if nested is not None and outcome == "next" else ""
            yield from self._ways(route, outcome, node, causes, comes_back)

    def _main_menus(self, step: Step, causes: frozenset[str]) -> Iterator[Arc]:
        """Yield the ways to the main menus of flows that run others: a call drops what they run."""
        for flow in self.flows.values():
            if any(other.nested() for other in flow.steps.values()):
                yield Arc(MAIN_MENU, StepNode(flow.name, flow.main_menu), step.place, causes)

    @staticmethod
    def _everywhere(step: Step, flow: Flow) -> Mapping[str, Route]:
        """Return the flow's routes that a caller at this step can take."""
        if not step.listens:
            return {}
        routes = flow_routes(flow)
        choices = [*step.own_choices(), *flow.globals]
        taken = {global_outcome(number) for number, choice in enumerate(flow.globals) if choice.goto}
        if not step.reaches_person:
            taken |= {AGENT, FAILED}
        if any(choice.do == MAIN_MENU for choice in choices):
            taken.add(MAIN_MENU)
        return {outcome: route for outcome, route in routes.items() if outcome in taken}

    def _ways(
        self, route: Route, outcome: str, node: StepNode, causes: frozenset[str], comes_back: str
    ) -> Iterator[Arc]:
        before: tuple[tuple[Expression, bool], ...] = ()
        for way in route:
            conditions = (*before, (way.when, True)) if way.when is not None else before
            target = self.target(way.goto.name, node)
            if target is not None:
                choice = self._choice_with(way.goto, node)
                yield Arc(outcome, target, way.goto.place, causes, conditions, comes_back, choice)
            if way.when is None:
                return
            before = (*before, (way.when, False))

    def _choice_with(self, target: Target, node: StepNode) -> Choice | None:
        """Return the choice whose target a way has, since steps make the ways of choices from them."""
        step = self.step(node)
        choices = (*(step.own_choices() if step else ()), *self.flows[node.flow].globals)
        return next((choice for choice in choices if choice.goto is target), None)

    def target(self, name: str, node: StepNode) -> StepNode | None:
        """Return where a name in a step leads; `return` in a flow that nothing runs leads to a person, as in a call.

        None for a name that there is not.
        """
        flow = self.flows[node.flow]
        if name == RETURN and not node.run:
            name = flow.agent
        if name == RETURN or name in flow.steps:
            return StepNode(node.flow, name, node.run)
        return self.start_of(name, run=node.run) if name in self.flows else None


def after_silence(step: Step) -> str:
    """Return the outcome of a step whose caller stays silent until it gives up."""
    return _SILENCE if _SILENCE in step.exits() else after_misses(step)


def after_misses(step: Step) -> str:
    """Return the outcome of a step whose caller's answers fit nothing until it gives up."""
    return "next" if step.refusable else FAILED


def _causes(step: Step, outcome: str) -> frozenset[str]:
    """Return what makes a call leave a step by an outcome."""
    if not step.listens or outcome in (UNVERIFIED, step.passed_by):
        return frozenset({BY_ITSELF})
    if step.reaches_person:
        by_caller = outcome == "next" or outcome in step.choice_outcomes() or outcome.startswith("global")
        return frozenset({BY_CALLER if by_caller or outcome == MAIN_MENU else BY_ITSELF})
    causes = set()
    if outcome == after_silence(step):
        causes.add(BY_SILENCE)
    if outcome == (after_misses(step)):
        causes.add(BY_MISSES)
    if step.proves() and "." not in step.name and outcome == "next":
        causes |= {BY_ITSELF, BY_CALLER}  # a caller who is verified already goes on at once
    return frozenset(causes or {BY_CALLER})
