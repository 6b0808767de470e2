"""Every step can be reached, every round waits for the caller, and whoever wants a person gets to one."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from ivr.diagnostics.problem import Problem
from ivr.flow.model import OWN_DESK, Flow, Hotline, Step
from ivr.flow.outcomes import flow_routes, step_routes

_CLOSED = "closed"
"""The outcome of a step whose desk has no opening hours now."""


def check(flow: Flow, line: Hotline | None) -> Iterator[Problem]:
    """Check the ways through a flow whose targets are all there."""
    yield from _unreachable(flow)
    yield from _loops(flow, line)
    yield from _no_person(flow)


def _reached(flow: Flow, starts: Collection[str]) -> set[str]:
    """Return all that can be reached from some places, other flows among it."""
    found, frontier = set[str](), list(starts)
    while frontier:
        name = frontier.pop()
        if name not in found:
            found.add(name)
            frontier += _next_places(flow.steps[name]) if name in flow.steps else []
    return found


def _next_places(step: Step) -> list[str]:
    return [way.goto.name for route in step_routes(step).values() for way in route]


def _unreachable(flow: Flow) -> Iterator[Problem]:
    everywhere = [way.goto.name for route in flow_routes(flow).values() for way in route]
    reached = _reached(flow, [flow.start, *everywhere])
    for step in flow.written_steps():
        if step.name not in reached:
            message = f'No caller can ever get to step "{step.name}".'
            yield Problem(step.place, "unreachable-step", message, "Lead a choice to it, or delete it.", "warning")


def _no_person(flow: Flow) -> Iterator[Problem]:
    reached = _reached(flow, [flow.agent])
    if reached <= set(flow.steps) and not any(flow.steps[name].reaches_person for name in reached):
        message = f'Whoever wants a person is led to "{flow.agent}", from where no way leads to a transfer.'
        cure = "Let it lead to a transfer step, so that people can reach people."
        place = flow.steps[flow.agent].place
        yield Problem(place, "no-transfer", message, cure, "warning")


def _loops(flow: Flow, line: Hotline | None) -> Iterator[Problem]:
    """Find rounds that a call cannot leave and in which it never waits: it would hang in them."""
    closing = {name for name, step in flow.steps.items() if line is not None and _can_be_closed(step, line)}
    onward = {name: _onward(step, _CLOSED if name in closing else "next") for name, step in flow.steps.items()}
    good = {n for n, step in flow.steps.items() if n not in closing and (step.listens or step.ends or step.nested())}
    while more := {n for n, ways in onward.items() if n not in good and _leaves(ways, good, onward)}:
        good |= more
    told: set[str] = set()
    for step in flow.written_steps():
        if step.name not in good | told:
            told |= _reached_onward(step.name, onward)
            cycle = _cycle(step.name, onward)
            message = f"A call goes round without end: {' → '.join([*cycle, cycle[0]])}."
            cure = "Let one of these steps wait for the caller, or lead out of the round under a condition."
            yield Problem(flow.steps[cycle[0]].place, "endless-loop", message, cure)


def _can_be_closed(step: Step, line: Hotline) -> bool:
    """Tell whether a step may find its desk closed, so that the call goes on at once."""
    desks = (desk for name, desk in line.desks.items() if step.desk() in (name, OWN_DESK))
    return _CLOSED in step.exits() and any(line.hours_of(desk.hours) is not None for desk in desks)


def _onward(step: Step, outcome: str) -> list[str]:
    """Return where a step leads when all goes well, or by another outcome."""
    return [way.goto.name for way in step_routes(step).get(outcome, ())]


def _leaves(ways: list[str], good: set[str], onward: dict[str, list[str]]) -> bool:
    return any(name in good or name not in onward for name in ways)


def _reached_onward(start: str, onward: dict[str, list[str]]) -> set[str]:
    found, frontier = set[str](), [start]
    while frontier:
        name = frontier.pop()
        if name not in found:
            found.add(name)
            frontier += onward.get(name, [])
    return found


def _cycle(start: str, onward: dict[str, list[str]]) -> list[str]:
    """Return the round that a call from `start` gets into."""
    path = [start]
    while (name := onward[path[-1]][0]) not in path:
        path.append(name)
    return path[path.index(name) :]
