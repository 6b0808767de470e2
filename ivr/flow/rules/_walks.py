"""Search the routes of flows, for rules about reachability."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from ivr.flow.model import Flow, NestedFlow, Step
from ivr.flow.outcomes import flow_routes, step_routes


def reached(flow: Flow, starts: Collection[str]) -> set[str]:
    """Return the names of all steps and other flows that can be reached from `starts`."""
    names, frontier = set[str](), list(starts)
    while frontier:
        name = frontier.pop()
        if name not in names:
            names.add(name)
            frontier += _next_places(flow.steps[name]) if name in flow.steps else []
    return names


def reached_everywhere(flow: Flow) -> list[str]:
    """Return the targets of the flow's routes, which apply in every step."""
    return [way.goto.name for route in flow_routes(flow).values() for way in route]


def nested_flows(flow: Flow) -> Iterator[tuple[Step, NestedFlow]]:
    """Yield the steps of a flow that run another flow, each with its nested flow."""
    for step in flow.written_steps():
        if nested := step.nested():
            yield step, nested


def _next_places(step: Step) -> list[str]:
    return [way.goto.name for route in step_routes(step).values() for way in route]
