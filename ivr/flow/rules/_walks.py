"""Ways through flows, as rules about reaching see them."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from ivr.flow.model import Flow, NestedFlow, Step
from ivr.flow.outcomes import flow_routes, step_routes


def reached(flow: Flow, starts: Collection[str]) -> set[str]:
    """Return all that can be reached from some places, other flows among it."""
    names, frontier = set[str](), list(starts)
    while frontier:
        name = frontier.pop()
        if name not in names:
            names.add(name)
            frontier += _next_places(flow.steps[name]) if name in flow.steps else []
    return names


def reached_everywhere(flow: Flow) -> list[str]:
    """Return where the choices lead that work at every step."""
    return [way.goto.name for route in flow_routes(flow).values() for way in route]


def nested_flows(flow: Flow) -> Iterator[tuple[Step, NestedFlow]]:
    """Yield the steps of a flow that run another flow, with what they run."""
    for step in flow.written_steps():
        if nested := step.nested():
            yield step, nested


def _next_places(step: Step) -> list[str]:
    return [way.goto.name for route in step_routes(step).values() for way in route]
