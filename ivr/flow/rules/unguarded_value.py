"""Check that a step which uses values of a verified caller requires that identity level itself.

A proof expires during a call. Reported are only values that need a level at run time, and only steps that a call can
reach without that level.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ivr.diagnostics.problem import Place, Problem
from ivr.flow.expressions import Expression
from ivr.flow.model import RETURN, Flow, Step
from ivr.flow.outcomes import step_routes
from ivr.flow.paths_read import paths_read

from ._rule import Parts, Rule
from ._walks import reached_everywhere

Levels = dict[str, int]
"""Variable name to the identity level that is needed to read it."""


def check(parts: Parts) -> Iterator[Problem]:
    """Check every flow, including the values that flows pass to one another."""
    sound = {name: flow for name, flow in parts.flows.items() if not flow.unread}
    for name, needed in _needed(sound).items():
        yield from _unguarded(sound[name], needed)


def _needed(flows: Mapping[str, Flow]) -> dict[str, Levels]:
    """Return the levels of each flow's values, propagated between flows until nothing changes."""
    needed: dict[str, Levels] = {name: {"card": 1} for name in flows}
    before: dict[str, Levels] = {}
    # Levels only rise, and there are four of them, so the rounds end.
    while before != needed:
        before = {name: dict(levels) for name, levels in needed.items()}
        for name, flow in flows.items():
            for step in flow.written_steps():
                _learn(step, needed[name])
                _exchange(step, needed[name], flows, needed)
            _learn_behind_proof(flow, needed[name])
    return needed


def _learn(step: Step, own: Levels) -> None:
    if step.looks_up and step.requires:
        _raise_to(own, dict.fromkeys(step.sets(), step.requires))
    _raise_to(own, {name: _level_of(value, own) for name, value in step.assigns().items()})


def _exchange(step: Step, own: Levels, flows: Mapping[str, Flow], needed: Mapping[str, Levels]) -> None:
    """Propagate the levels of values passed to a nested flow, and of those that it returns."""
    nested = step.nested()
    if nested is None or nested.name not in flows:
        return
    there = needed[nested.name]
    _raise_to(there, {name: _level_of(value, own) for name, value in nested.values.items()})
    # The highest of what it returns, since a step keeps the whole result under one name.
    back = max((there.get(name, 0) for name in flows[nested.name].returns), default=0)
    _raise_to(own, dict.fromkeys(step.sets(), back))


def _learn_behind_proof(flow: Flow, own: Levels) -> None:
    """Count answers of lookups that a call can only reach after verification, though they have no `requires`."""
    without = _come_to(flow, 1)
    for step in flow.written_steps():
        if step.looks_up and step.name not in without:
            _raise_to(own, dict.fromkeys(step.sets(), 1))


def _raise_to(levels: Levels, more: Mapping[str, int]) -> None:
    for name, level in more.items():
        if level > levels.get(name, 0):
            levels[name] = level


def _level_of(expression: Expression, levels: Levels) -> int:
    return max((levels.get(path[0], 0) for path in expression.paths()), default=0)


def _come_to(flow: Flow, level: int) -> set[str]:
    """Return the steps that a turn can reach without this level."""
    frontier = [flow.start, *reached_everywhere(flow)]
    for step in flow.steps.values():
        if step.listens or step.nested():  # both continue in a later turn, when the proof may have expired
            frontier += _ways_on(step, level)
    names = set[str]()
    while frontier:
        name = frontier.pop()
        if name in flow.steps and name not in names:
            names.add(name)
            step = flow.steps[name]
            frontier += _ways_on(step, level) if step.requires < level else []
    return names


def _ways_on(step: Step, level: int) -> list[str]:
    """Return the targets of a step, except the one that is taken by proving this level in it."""
    proves = step.proves() >= level
    routes = {outcome: route for outcome, route in step_routes(step).items() if not (proves and outcome == "next")}
    return [way.goto.name for route in routes.values() for way in route if way.goto.name != RETURN]


def _unguarded(flow: Flow, needed: Levels) -> Iterator[Problem]:
    without = {level: _come_to(flow, level) for level in set(needed.values()) if level}
    for step in flow.written_steps():
        reported: set[str] = set()
        for (name, *_), place, spoken in paths_read(step):
            level = needed.get(name, 0)
            if level <= step.requires or name in reported:
                continue
            again = step.listens or (spoken and step.replayable)
            if again or step.name in without[level]:
                reported.add(name)
                yield _problem(step, name, level, place)


def _problem(step: Step, name: str, level: int, place: Place) -> Problem:
    message = (
        f'"{name}" needs a verified caller (L{level}), and a call can come here after the verification has expired.'
    )
    cure = f'Write "requires: L{level}" in step "{step.name}"; then the caller is verified again, and hears the value.'
    return Problem(place, RULE.id, message, cure, "warning")


RULE = Rule(
    "unguarded-value",
    "A step reads a value of a verified caller, but has no `requires` of its own (warning).",
    parts=check,
)
