"""Check that every loop of steps waits for the caller or has an exit."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.diagnostics.problem import Problem
from ivr.flow.desk_field import OWN_DESK
from ivr.flow.model import Flow, Hotline, Step
from ivr.flow.outcomes import step_routes

from ._rule import Parts, Rule

_CLOSED = "closed"
"""The outcome of a step whose desk is closed now."""
_NO_DESK = "failed"
"""The outcome of a step whose value names no desk."""


def check(flow: Flow, parts: Parts) -> Iterator[Problem]:
    """Report loops that a call cannot leave and in which it never waits, since the call would hang."""
    line = parts.line
    # A transfer waits for a person, but not while its desk is closed: then it is left at once, and a loop over it
    # never waits.
    at_once = {name: _at_once(step, line) for name, step in flow.steps.items()} if line is not None else {}
    closing = {name for name, outcome in at_once.items() if outcome}
    onward = {name: _onward(step, at_once.get(name) or "next") for name, step in flow.steps.items()}
    # From the steps that wait or end, backwards: what cannot reach one of them is a loop.
    good = {n for n, step in flow.steps.items() if n not in closing and (step.listens or step.ends or step.nested())}
    while more := {n for n, ways in onward.items() if n not in good and _leaves(ways, good, onward)}:
        good |= more
    reported: set[str] = set()
    for step in flow.written_steps():
        if step.name not in good | reported:
            reported |= _reached_onward(step.name, onward)
            cycle = _cycle(step.name, onward)
            message = f"A call loops without end: {' → '.join([*cycle, cycle[0]])}."
            cure = "Let one of these steps wait for the caller, or lead out of the loop under a condition."
            yield Problem(flow.steps[cycle[0]].place, RULE.id, message, cure)


def _at_once(step: Step, line: Hotline) -> str:
    """Return the outcome by which a step that waits may be left at once; "" for none."""
    if step.desk().path(line.desks):
        return _NO_DESK if _NO_DESK in step.exits() else ""
    return _CLOSED if _can_be_closed(step, line) else ""


def _can_be_closed(step: Step, line: Hotline) -> bool:
    """Return whether the step's desk may be closed, so that the call continues at once."""
    desks = (desk for name, desk in line.desks.items() if step.desk().name in (name, OWN_DESK))
    return _CLOSED in step.exits() and any(line.hours_of(desk.hours) is not None for desk in desks)


def _onward(step: Step, outcome: str) -> list[str]:
    """Return the targets of an outcome of the step."""
    return [way.goto.name for way in step_routes(step).get(outcome, ())]


def _leaves(ways: list[str], good: set[str], onward: dict[str, list[str]]) -> bool:
    return any(name in good or name not in onward for name in ways)


def _reached_onward(start: str, onward: dict[str, list[str]]) -> set[str]:
    names, frontier = set[str](), [start]
    while frontier:
        name = frontier.pop()
        if name not in names:
            names.add(name)
            frontier += onward.get(name, [])
    return names


def _cycle(start: str, onward: dict[str, list[str]]) -> list[str]:
    """Return the loop that a call from `start` enters."""
    path = [start]
    # The first way is enough: none of the ways of a step that is not good leads out.
    while (name := onward[path[-1]][0]) not in path:
        path.append(name)
    return path[path.index(name) :]


RULE = Rule(
    "endless-loop",
    "Steps form a loop that never waits for the caller.",
    flow=check,
    whole=True,
    unless=frozenset({"unknown-step", "no-agent"}),
)
