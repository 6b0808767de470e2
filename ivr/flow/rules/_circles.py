"""Search circles of the flows: ways that lead back to the same step and can be taken for ever.

Circles are searched in the graph of the arcs that a search allows. Those whose steps count are then walked with the
values that their `set` steps compute, so that a circle which a counter ends is none. Values of `set` steps are followed
exactly; any other value may hold anything. A frame's values are gone when another flow takes its place, as in a call.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from ivr.flow.expressions import Expression
from ivr.flow.model import RETURN, Step

from ._known_values import OPEN, possible, value_of
from ._line_graph import RUN, Arc, LineGraph, StepNode

_MOST_STATES = 1000
"""A circle that is walked longer counts as endless: a turn takes 64 steps at the most."""
_MOST_STARTS = 16
_State = tuple[StepNode, tuple[Any, ...]]


@dataclass(frozen=True)
class Walked:
    """One step of a walk, and the arc by which it was left."""

    node: StepNode
    arc: Arc


def circles(graph: LineGraph, allowed: Callable[[StepNode, Arc], bool]) -> Iterator[Sequence[Walked]]:
    """Yield one circle of each set of steps that lead to one another by allowed arcs, from a step that waits."""
    following = _followers(graph, allowed)
    for component in _components(following):
        if len(component) > 1 or any(arc.to == component[0] for arc in following[component[0]]):
            circle = _endless(graph, set(component), following)
            if circle:
                yield _from_a_rest(graph, circle)


def _from_a_rest(graph: LineGraph, circle: Sequence[Walked]) -> Sequence[Walked]:
    """Return a circle so that it begins where the call waits, if it does anywhere."""
    rests = (number for number, walked in enumerate(circle) if _step(graph, walked.node).listens)
    begin = next(rests, 0)
    return [*circle[begin:], *circle[:begin]]


def _followers(graph: LineGraph, allowed: Callable[[StepNode, Arc], bool]) -> Mapping[StepNode, Sequence[Arc]]:
    """Return the allowed arcs of each step. A flow that is run comes back only if it does by allowed arcs."""
    returning = graph.returning_by(allowed)
    return {
        node: [
            arc
            for arc in graph.arcs(node)
            if allowed(node, arc) and arc.to[1] != RETURN and (not arc.returns_from or arc.returns_from in returning)
        ]
        for node in graph.nodes()
    }


def _components(following: Mapping[StepNode, Sequence[Arc]]) -> Iterator[list[StepNode]]:
    """Yield the sets of steps that lead to one another (Tarjan 1972), with a stack of its own."""
    index: dict[StepNode, int] = {}
    low: dict[StepNode, int] = {}
    stack: list[StepNode] = []
    on_stack: set[StepNode] = set()
    for root in following:
        if root in index:
            continue
        work = [(root, iter(following[root]))]
        index[root] = low[root] = len(index)
        stack.append(root)
        on_stack.add(root)
        while work:
            node, arcs = work[-1]
            arc = next(arcs, None)
            if arc is None:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    component = stack[stack.index(node) :]
                    del stack[-len(component) :]
                    on_stack -= set(component)
                    yield component
            elif arc.to not in index:
                index[arc.to] = low[arc.to] = len(index)
                stack.append(arc.to)
                on_stack.add(arc.to)
                work.append((arc.to, iter(following.get(arc.to, ()))))
            elif arc.to in on_stack:
                low[node] = min(low[node], index[arc.to])


def _endless(
    graph: LineGraph, component: set[StepNode], following: Mapping[StepNode, Sequence[Arc]]
) -> Sequence[Walked]:
    """Return a circle within a component that no counter ends; empty if there is none."""
    names = sorted({(node[0], name) for node in component for name in _step(graph, node).assigns()})
    starts = [_starts(graph, flow, name, component) for flow, name in names]
    walked: set[_State] = set()
    for node in _entries(graph, component):
        for values in product(*starts):
            circle = _walk(graph, component, following, names, (node, values), walked)
            if circle:
                return circle
    return ()


def _entries(graph: LineGraph, component: set[StepNode]) -> Sequence[StepNode]:
    """Return the steps by which calls come to a component."""
    begins = {graph.start_of(flow) for flow in graph.flows}
    entered = {arc.to for node in graph.nodes() if node not in component for arc in graph.arcs(node)}
    return sorted(component & (begins | entered)) or sorted(component)


def _starts(graph: LineGraph, flow: str, name: str, component: set[StepNode]) -> Sequence[Any]:
    """Return the values that a variable may have when a call comes to a component."""
    if name in graph.flows[flow].parameters:
        return [OPEN]
    values: list[Any] = [None] if _may_be_unset(graph, flow, name, component) else []
    for step in graph.flows[flow].steps.values():
        if name in step.sets() and (flow, step.name) not in component:
            assigned = step.assigns().get(name)
            value = value_of(assigned, {}) if assigned is not None else OPEN
            values += [value] if value not in values else []
    return values if OPEN not in values and len(values) <= _MOST_STARTS else [OPEN]


def _may_be_unset(graph: LineGraph, flow: str, name: str, component: set[StepNode]) -> bool:
    """Return whether a call can come from the start of a flow to a component without a step that sets a variable."""
    seen, frontier = {graph.start_of(flow)}, [graph.start_of(flow)]
    while frontier:
        node = frontier.pop()
        if node in component:
            return True
        if name in _step(graph, node).sets():
            continue
        for arc in graph.arcs(node):
            if arc.to[0] == flow and arc.to[1] != RETURN and arc.outcome != RUN and arc.to not in seen:
                seen.add(arc.to)
                frontier.append(arc.to)
    return False


def _walk(
    graph: LineGraph,
    component: set[StepNode],
    following: Mapping[StepNode, Sequence[Arc]],
    names: Sequence[tuple[str, str]],
    start: _State,
    walked: set[_State],
) -> Sequence[Walked]:
    """Walk depth first from a state; return the circle if a state is met again on the way to itself.

    `walked` are the states from which no circle begins; those of this walk are added.
    """
    path: list[tuple[_State, Arc | None, Iterator[tuple[Arc, _State]]]] = []
    on_path: set[_State] = set()

    def enter(state: _State, by: Arc | None) -> None:
        walked.add(state)
        on_path.add(state)
        path.append((state, by, _next(graph, component, following, names, state)))

    if start not in walked:
        enter(start, None)
    while path:
        state, _, arrivals = path[-1]
        arc, arrival = next(arrivals, (None, None))
        if arc is None or arrival is None:
            path.pop()
            on_path.discard(state)
        elif arrival in on_path or len(path) > _MOST_STATES:
            states = [each for each, _, _ in path]
            begin = states.index(arrival) if arrival in on_path else 0
            arcs = [by for _, by, _ in path[begin + 1 :] if by is not None] + [arc]
            return [Walked(node, by) for (node, _), by in zip(states[begin:], arcs, strict=True)]
        elif arrival not in walked:
            enter(arrival, arc)
    return ()


def _next(
    graph: LineGraph,
    component: set[StepNode],
    following: Mapping[StepNode, Sequence[Arc]],
    names: Sequence[tuple[str, str]],
    state: _State,
) -> Iterator[tuple[Arc, _State]]:
    """Yield the arcs that may be taken in a state, with the states to which they lead."""
    node, values = state
    flow = node[0]
    own = {name: value for (of, name), value in zip(names, values, strict=True) if of == flow}
    _assign(_step(graph, node), own)
    for arc in following[node]:
        if arc.to in component and possible(arc.conditions, own):
            stays = arc.to[0] == flow and arc.outcome != RUN
            after = tuple(
                (own[name] if stays else None) if of == flow else value
                for (of, name), value in zip(names, values, strict=True)
            )
            yield arc, (arc.to, after)


def _assign(step: Step, own: dict[str, Any]) -> None:
    """Set the variables of a step, from the top down; what it does not compute is open."""
    assigned: Mapping[str, Expression] = step.assigns()
    for name in step.sets():
        if name in own:
            own[name] = value_of(assigned[name], own) if name in assigned else OPEN


def _step(graph: LineGraph, node: StepNode) -> Step:
    step = graph.step(node)
    assert step is not None  # noqa: S101 - ends of procedures are left out
    return step
