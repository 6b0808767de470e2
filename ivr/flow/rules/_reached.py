"""Walk all calls over the flows, with the values that their `set` steps compute and conditions read.

A state is a step with the values of its flow. Any other value may hold anything. Where there are too many states, no
value is followed, so that more is taken to be possible than is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any

from ivr.flow.expressions import Expression
from ivr.flow.line_graph import RUN, Arc, LineGraph, StepNode
from ivr.flow.model import RETURN, Flow, Step, Way
from ivr.flow.parts_within import within

from ._known_values import OPEN, possible, value_of
from ._rule import Parts

Allowed = Callable[[StepNode, Arc], bool]
"""Returns whether a search takes an arc of a step."""
FollowedValues = tuple[Any, ...]
State = tuple[StepNode, FollowedValues]
# So many on the average of all steps: a counter of three rounds beside a few flags has fewer. It bounds the time of a
# check.
_MOST_PER_STEP = 30
_LARGEST = 32
"""A number beyond this, as of a counter that nothing ends, may hold anything."""


class TooManyStatesError(Exception):
    """There are more states than are walked."""


class ValueWalk:
    """The values that are followed in each flow, and how a step changes them."""

    def __init__(self, graph: LineGraph, *, follow: bool = True) -> None:
        self.graph = graph
        self.names = {name: _followed(flow) if follow else () for name, flow in graph.flows.items()}

    def unset(self, flow: str) -> FollowedValues:
        """Return the values of a flow at its start."""
        return (None,) * len(self.names[flow])

    def onward(self, state: State, arcs: Iterable[Arc]) -> Iterator[tuple[Arc, State]]:
        """Yield those of the arcs that may be taken in a state, with the states to which they lead."""
        node, values = state
        names, step = self.names[node.flow], self.graph.step(node)
        if step is None:
            return
        own = dict(zip(names, values, strict=True))
        for arc in arcs:
            after = _after(step, own, arc.outcome) if names else own
            if possible(arc.conditions, after):
                stays = arc.to.flow == node.flow and arc.outcome != RUN
                yield arc, (arc.to, tuple(after.values()) if stays else self.unset(arc.to.flow))


def reached_states(parts: Parts) -> Mapping[StepNode, Collection[FollowedValues]]:
    """Return the steps to which calls to the called numbers can come, each with its values; walked once."""
    return parts.once("reached", lambda: _reached(parts.graph))


def value_walk(parts: Parts) -> ValueWalk:
    """Return the walk with which `reached_states` was made."""
    # The states tell with which of the two walks they were made: without followed values each step has the empty
    # tuple only.
    follow = any(len(values) > 1 or any(values) for values in reached_states(parts).values())
    return parts.once("value walk", lambda: ValueWalk(parts.graph, follow=follow))


def returning_flows(parts: Parts, allowed: Allowed) -> frozenset[str]:
    """Return the flows that can come to `return`, if another flow runs them, by arcs that are allowed."""
    return _returning(value_walk(parts), allowed)


def _reached(graph: LineGraph) -> Mapping[StepNode, Collection[FollowedValues]]:
    starts = [graph.start_of(flow.name) for flow in graph.called_flows()]
    # Without values there is one state a step, so that the second walk always ends.
    for walk in (ValueWalk(graph), ValueWalk(graph, follow=False)):
        with suppress(TooManyStatesError):
            return _walk(walk, starts, _any, _returning(walk, _any))
    return {}


def _returning(walk: ValueWalk, allowed: Allowed) -> frozenset[str]:
    """Return the flows that come to `return`. Raises TooManyStatesError."""
    graph = walk.graph
    run = {nested.name for flow in graph.flows.values() for step in flow.steps.values() if (nested := step.nested())}
    # From none upwards: a flow that returns only if another one does needs the other first, and two that wait for
    # each other never return.
    returning: frozenset[str] = frozenset()
    while True:
        more = {
            name
            for name in run & graph.flows.keys()
            if StepNode(name, RETURN, run=True) in _walk(walk, [graph.start_of(name, run=True)], allowed, returning)
        }
        if more == returning:
            return returning
        returning = frozenset(more)


def _walk(
    walk: ValueWalk, starts: Iterable[StepNode], allowed: Allowed, returning: Collection[str]
) -> Mapping[StepNode, Collection[FollowedValues]]:
    """Return the states that are reached from steps. Raises TooManyStatesError."""
    graph = walk.graph
    most = _MOST_PER_STEP * sum(len(flow.steps) for flow in graph.flows.values()) + 1000
    reached: dict[StepNode, set[FollowedValues]] = defaultdict(set)
    frontier: list[State] = [(start, walk.unset(start.flow)) for start in starts]
    for start, values in frontier:
        reached[start].add(values)
    count = 0
    while frontier:
        node, values = frontier.pop()
        for _, (to, after) in walk.onward((node, values), open_arcs(graph, node, allowed, returning)):
            if after not in reached[to]:
                reached[to].add(after)
                count += 1
                frontier.append((to, after))
        if count > most:
            raise TooManyStatesError
    return reached


def open_arcs(graph: LineGraph, node: StepNode, allowed: Allowed, returning: Collection[str]) -> Iterator[Arc]:
    """Yield the arcs of a step that are allowed; a step that runs a flow is left only if that flow returns."""
    for arc in graph.arcs(node):
        if allowed(node, arc) and (not arc.returns_from or arc.returns_from in returning):
            yield arc


def _any(_: StepNode, __: Arc) -> bool:
    return True


def _followed(flow: Flow) -> tuple[str, ...]:
    """Return the variables of a flow that `set` steps compute and conditions of ways read."""
    # A value that no condition reads changes no way, and following it would only multiply the states.
    computed = {name for step in flow.steps.values() for name in step.assigns()} - set(flow.parameters)
    ways = within(list(flow.steps.values()), Way) if computed else ()
    read = {path[0] for way in ways if way.when is not None for path in way.when.paths()}
    return tuple(sorted(computed & read))


def _after(step: Step, before: Mapping[str, Any], outcome: str) -> dict[str, Any]:
    """Return the values after a step was left: computed from the top down; what it sets otherwise is open."""
    after = dict(before)
    assigned: Mapping[str, Expression] = step.assigns()
    for name in step.sets():
        if name in after and name in assigned:
            after[name] = _bounded(value_of(assigned[name], after))
        elif name in after and outcome not in step.fails_by():
            after[name] = OPEN
    return after


def _bounded(value: Any) -> Any:
    # Lists and maps are not hashable, and a counter without a bound would make states for ever.
    large = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) > _LARGEST
    return OPEN if large or isinstance(value, list | dict) else value
