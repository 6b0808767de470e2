"""All flows as one graph: steps, what leads from one to the next, and whether a caller must act for it.

The routes are those of the chart that runs the calls (`outcomes.step_routes`, `outcomes.flow_routes`). A flow that a
step runs is a procedure: it is entered from that step, and "next" is taken if the flow can come to `return`.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ivr.diagnostics.problem import Place
from ivr.flow.expressions import Expression
from ivr.flow.model import RETURN, Flow, Route, Step
from ivr.flow.outcomes import AGENT, FAILED, MAIN_MENU, UNVERIFIED, flow_routes, global_outcome, step_routes

from ._rule import Parts
from ._texts import WrittenText, prompts


class StepNode(NamedTuple):
    """A step of a flow that is called, or with `run` of one that another flow runs, where `return` is an end."""

    flow: str
    step: str
    run: bool = False


_SILENCE = "no_input"
"""The outcome of a step in which silence leads on at once; other failures have their own."""
RUN = "run"
"""The outcome of a step that enters the flow which it runs."""
BY_ITSELF, BY_SILENCE, BY_MISSES, BY_CALLER = "itself", "silence", "misses", "caller"
"""The causes by which a call takes an arc: none, the caller's silence, wrong answers, or a choice or entry."""


@dataclass(frozen=True)
class Arc:
    """One way from a step: the outcome, where it leads, and what makes a call take it.

    `conditions` are those that hold (or, with False, do not hold) on it. `returns_from` names the flow that must come
    to `return` first.
    """

    outcome: str
    to: StepNode
    place: Place
    causes: frozenset[str]
    conditions: tuple[tuple[Expression, bool], ...] = ()
    returns_from: str = ""


class LineGraph:
    """The graph of all flows of a folder; `sound` tells whether every target is known, so that proofs can be made."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        self.flows: Mapping[str, Flow] = parts.flows
        self.sound = not any(flow.unread for flow in self.flows.values()) and set(parts.names) <= set(self.flows)
        self._arcs: dict[StepNode, tuple[Arc, ...]] = {}

    def step(self, node: StepNode) -> Step | None:
        """Return the step of a node; None for the end of a procedure."""
        return self.flows[node.flow].steps.get(node.step)

    def start_of(self, flow: str, *, run: bool = False) -> StepNode:
        """Return the first step of a flow."""
        return StepNode(flow, self.flows[flow].start, run)

    def place_of(self, node: StepNode) -> Place:
        """Return the place of a step; for a generated one, that of the step which it guards."""
        step = self.step(node)
        return step.place if step is not None else self.flows[node.flow].place

    def nodes(self) -> Iterator[StepNode]:
        """Yield every step, called and run, the generated ones included."""
        for flow in self.flows.values():
            for name in flow.steps:
                yield StepNode(flow.name, name)
                yield StepNode(flow.name, name, run=True)

    def called_flows(self) -> Sequence[Flow]:
        """Return the flows that called numbers lead to; none if they are not known, or the graph is not sound."""
        line = self.parts.line
        if line is None or not self.sound:
            return []
        names = dict.fromkeys(number.flow.name for number in line.numbers.values())
        return [self.flows[name] for name in names if name in self.flows]

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
            target = self._target(way.goto.name, node)
            if target is not None:
                yield Arc(outcome, target, way.goto.place, causes, conditions, comes_back)
            if way.when is None:
                return
            before = (*before, (way.when, False))

    def _target(self, name: str, node: StepNode) -> StepNode | None:
        """Return where a name leads; `return` in a flow that nothing runs leads to a person, as in a call."""
        flow = self.flows[node.flow]
        if name == RETURN and not node.run:
            name = flow.agent
        if name == RETURN or name in flow.steps:
            return StepNode(node.flow, name, node.run)
        return self.start_of(name, run=node.run) if name in self.flows else None

    # distances

    def keys_to(self, flow: str) -> Mapping[StepNode, int]:
        """Return how many choices a caller of a flow makes before each step, up to the first task that is begun.

        A task begins where, after a choice, a service is asked, the caller is verified, or a person is reached.
        """
        key = ("keys to", flow)
        return self.parts.once(key, lambda: self._keys_to(self.start_of(flow)))

    def _keys_to(self, start: StepNode) -> Mapping[StepNode, int]:
        keys = {start: 0}
        frontier = deque([start])
        while frontier:
            node = frontier.popleft()
            step = self.step(node)
            if step is None or (keys[node] and _begins_task(step)):
                continue
            for arc in self.arcs(node):
                more = keys[node] + (BY_CALLER in arc.causes and arc.outcome in step.choice_outcomes())
                universal = step.listens and not arc.causes & {BY_ITSELF} and arc.outcome not in step.exits()
                if not universal and more < keys.get(arc.to, 99):
                    keys[arc.to] = more
                    frontier.append(arc.to) if more > keys[node] else frontier.appendleft(arc.to)
        return keys


def line_graph(parts: Parts) -> LineGraph:
    """Return the graph of a folder's flows; built once."""
    return parts.once("line graph", lambda: LineGraph(parts))


def first_spoken(parts: Parts) -> Iterator[WrittenText]:
    """Yield the texts that callers of called numbers hear first, on every way from the answer, in every language."""
    graph = line_graph(parts)
    spoken = defaultdict[StepNode, list[WrittenText]](list)
    for flow in parts.flows.values():
        for text in prompts(flow, parts):
            if text.step is not None:
                spoken[StepNode(flow.name, text.step.name)].append(text)
    seen = {graph.start_of(flow.name) for flow in graph.called_flows()}
    frontier = list(seen)
    while frontier:
        node = frontier.pop()
        step = graph.step(node)
        if step is None:
            continue
        texts = spoken.get(node._replace(run=False), [])
        if step.speaks and (texts or step.listens):
            first = _first_text(step)
            yield from (text for text in texts if first is None or text.template in first)
            continue
        for arc in graph.arcs(node):
            if arc.to not in seen:
                seen.add(arc.to)
                frontier.append(arc.to)


def _first_text(step: Step) -> Sequence[object] | None:
    """Return the templates of what a step says first; None if every text of it may come first."""
    prompt = getattr(step, "prompt", None) or getattr(step, step.kind, None)
    languages = getattr(prompt, "by_language", None)
    return list(languages.values()) if languages else None


def after_silence(step: Step) -> str:
    """Return the outcome of a step whose caller stays silent until it gives up."""
    return _SILENCE if _SILENCE in step.exits() else after_misses(step)


def after_misses(step: Step) -> str:
    """Return the outcome of a step whose caller's answers fit nothing until it gives up."""
    return "next" if step.refusable else FAILED


def _causes(step: Step, outcome: str) -> frozenset[str]:
    """Return what makes a call leave a step by an outcome."""
    if not step.listens or outcome == UNVERIFIED:
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


def _begins_task(step: Step) -> bool:
    """Return whether something is done for the caller here, or asked about it."""
    asks = step.listens and (step.fetches or step.records or any(choice.value for choice in step.own_choices()))
    return asks or step.looks_up or bool(step.proves()) or step.reaches_person or step.requires > 0
