"""Find out which secrets may still be read from a step on, so that they go as soon as nothing needs them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from .model import Flow, Step
from .outcomes import flow_routes, step_routes
from .paths_read import paths_read
from .rules import Parts
from .rules._values import secrets_of

_NOTHING = frozenset[str]()


def secrets_needed(flows: Mapping[str, Flow]) -> Mapping[str, Mapping[str, frozenset[str]]]:
    """Return, for each step of each flow, the secrets that are read there or later before they are collected again.

    Secrets are what is collected as one, assigned from one or passed by another flow. A flow without has an empty map.
    """
    # All flows at once: which variables are secret depends on what other flows pass.
    parts = Parts(flows, frozenset(flows), None)
    return {name: _needed_in(flow, frozenset(secrets_of(flow, parts))) for name, flow in flows.items()}


def _needed_in(flow: Flow, secrets: frozenset[str]) -> Mapping[str, frozenset[str]]:
    if not secrets:
        return {}
    before = defaultdict[str, list[tuple[str, frozenset[str]]]](list)
    for name, step in flow.steps.items():
        for place, new in _next_places(flow, step):
            before[place].append((name, new))
    needed = {name: _read_by(step) & secrets for name, step in flow.steps.items()}
    # Backwards from the steps that read a secret, until no step needs more.
    pending = [name for name, names in needed.items() if names]
    while pending:
        place = pending.pop()
        for name, new in before[place]:
            more = needed[name] | (needed[place] - new)
            if more != needed[name]:
                needed[name] = more
                pending.append(name)
    return needed


def _next_places(flow: Flow, step: Step) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield every step that can come next, with the variables that have been set on the way there."""
    for outcome, route in step_routes(step).items():
        for way in route:
            # A `collect` that failed has set nothing: a PIN from before is still needed where it is read behind the
            # failure.
            yield way.goto.name, _NOTHING if outcome in step.fails_by() else frozenset(step.sets())
    for route in flow_routes(flow).values():
        for way in route:
            yield way.goto.name, _NOTHING


def _read_by(step: Step) -> frozenset[str]:
    """Return the variables that a step reads, its own only where it reads them before it has set them."""
    ways_on = [route for outcome, route in step.exits().items() if outcome not in step.fails_by()]
    # The conditions of a step's own ways are judged after it has set its variables, so they need no value from
    # before.
    own = {(path, place) for path, place, _ in paths_read(ways_on) if path[0] in step.sets()}
    return frozenset(path[0] for path, place, _ in paths_read(step) if (path, place) not in own)
