"""Count the choices that callers make on the way to a step, for rules about depth."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping

from ivr.flow.line_graph import BY_CALLER, BY_ITSELF, LineGraph, StepNode
from ivr.flow.model import Step

from ._rule import Parts


def keys_to(parts: Parts, flow: str) -> Mapping[StepNode, int]:
    """Return how many choices a caller of a flow makes before each step, up to the first task that is begun.

    A task begins where, after a choice, a service is asked, the caller is verified, or a person is reached.
    """
    return parts.once(("keys to", flow), lambda: _keys_to(parts.graph, parts.graph.start_of(flow)))


def _keys_to(graph: LineGraph, start: StepNode) -> Mapping[StepNode, int]:
    keys = {start: 0}
    frontier = deque([start])
    while frontier:
        node = frontier.popleft()
        step = graph.step(node)
        if step is None or (keys[node] and _begins_task(step)):
            continue
        for arc in graph.arcs(node):
            more = keys[node] + (BY_CALLER in arc.causes and arc.outcome in step.choice_outcomes())
            universal = step.listens and not arc.causes & {BY_ITSELF} and arc.outcome not in step.exits()
            if not universal and more < keys.get(arc.to, 99):
                keys[arc.to] = more
                frontier.append(arc.to) if more > keys[node] else frontier.appendleft(arc.to)
    return keys


def _begins_task(step: Step) -> bool:
    """Return whether something is done for the caller here, or asked about it."""
    asks = step.listens and (step.fetches or step.records or any(choice.value for choice in step.own_choices()))
    return asks or step.looks_up or bool(step.proves()) or step.reaches_person or step.requires > 0
