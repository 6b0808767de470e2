"""Search circles of the flows: ways that lead back to the same step and can be taken for ever.

Circles are searched in the graph of the arcs that a search allows. Their steps are then walked with the values that
`set` steps compute, so that a circle which a counter ends is none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ivr.flow.line_graph import Arc, LineGraph, StepNode

from ._reached import Allowed, State, ValueWalk, open_arcs, reached_states, returning_flows, value_walk
from ._rule import Parts


@dataclass(frozen=True)
class Walked:
    """One step of a walk, and the arc by which it was left."""

    node: StepNode
    arc: Arc


def circles(parts: Parts, allowed: Allowed) -> Iterator[Sequence[Walked]]:
    """Yield one circle of each set of steps that lead to one another by allowed arcs, from a step that waits."""
    graph = parts.graph
    # Proofs need every target: with a flow missing, a way out of a circle may be in it.
    following = _followers(parts, allowed) if graph.sound else {}
    for component in _components(following):
        # A component of one step is a circle only if the step leads to itself.
        if len(component) > 1 or any(arc.to == component[0] for arc in following[component[0]]):
            circle = _endless(parts, set(component), following)
            if circle:
                yield _from_a_rest(graph, circle)


def _from_a_rest(graph: LineGraph, circle: Sequence[Walked]) -> Sequence[Walked]:
    """Return a circle so that it begins where the call waits, if it does anywhere."""
    rests = (number for number, walked in enumerate(circle) if getattr(graph.step(walked.node), "listens", False))
    begin = next(rests, 0)
    return [*circle[begin:], *circle[:begin]]


def _followers(parts: Parts, allowed: Allowed) -> Mapping[StepNode, Sequence[Arc]]:
    """Return the allowed arcs of each step that calls come to."""
    graph, reached, returning = parts.graph, reached_states(parts), returning_flows(parts, allowed)
    return {
        node: [arc for arc in open_arcs(graph, node, allowed, returning) if arc.to in reached]
        for node in sorted(reached)
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
        # Without recursion: a line of a thousand menus is deeper than Python's stack.
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


def _endless(parts: Parts, component: set[StepNode], following: Mapping[StepNode, Sequence[Arc]]) -> Sequence[Walked]:
    """Return a circle within a component that no counter ends; empty if there is none."""
    inside = {node: [arc for arc in following[node] if arc.to in component] for node in component}
    walked: set[State] = set()
    for node in sorted(component):
        for values in reached_states(parts)[node]:
            # Depth first from each state that calls come to. A state from which no circle begins is never walked
            # twice, so the cost is that of the graph.
            if (node, values) not in walked and (circle := _walk(value_walk(parts), inside, (node, values), walked)):
                return circle
    return ()


def _walk(
    walk: ValueWalk, inside: Mapping[StepNode, Sequence[Arc]], start: State, walked: set[State]
) -> Sequence[Walked]:
    """Walk depth first from a state; return the circle if a state is met again on the way to itself.

    `walked` are the states from which no circle begins; those of this walk are added.
    """
    path: list[tuple[State, Arc | None, Iterator[tuple[Arc, State]]]] = [
        (start, None, walk.onward(start, inside[start[0]]))
    ]
    on_path = {start}
    walked.add(start)
    while path:
        state, _, arrivals = path[-1]
        arc, arrival = next(arrivals, (None, None))
        if arc is None or arrival is None:
            path.pop()
            on_path.discard(state)
        elif arrival in on_path:
            states = [each for each, _, _ in path]
            begin = states.index(arrival)
            arcs = [by for _, by, _ in path[begin + 1 :] if by is not None] + [arc]
            return [Walked(node, by) for (node, _), by in zip(states[begin:], arcs, strict=True)]
        elif arrival not in walked:
            walked.add(arrival)
            on_path.add(arrival)
            path.append((arrival, arc, walk.onward(arrival, inside[arrival[0]])))
    return ()
