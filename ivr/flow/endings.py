"""The steps at which a caller has what he called for: he may end the call there, and hanging up is no interruption."""

from __future__ import annotations

from .model import Flow, Step
from .outcomes import step_routes

LONGEST_GOING_ON = 3600.0
"""The most seconds for which a caller who was cut off elsewhere may go on there."""
_SILENCE = "no_input"
"""The outcome of silence that leads on at once; a refusable step goes on by `next`."""


def offers_end(flow: Flow, step: Step) -> bool:
    """Return whether a choice of a step, or the silence of its caller, ends the call by nothing but words."""
    targets = [choice.goto.name for choice in step.own_choices() if choice.goto]
    return step.refusable or any(_comes_to_end(flow, name, set()) for name in (*targets, *_by_silence(step)))


def _by_silence(step: Step) -> list[str]:
    return [way.goto.name for way in step_routes(step).get(_SILENCE, ())]


def _comes_to_end(flow: Flow, name: str, seen: set[str]) -> bool:
    """Return whether the call ends from a step on while its caller does nothing."""
    step = flow.steps.get(name)
    if step is None or name in seen:
        return False
    seen.add(name)
    if step.ends:
        return True
    if step.listens:
        onward = _by_silence(step)
    elif step.looks_up or step.reaches_person or step.records:
        onward = []
    else:
        onward = [way.goto.name for route in step_routes(step).values() for way in route]
    return bool(onward) and all(_comes_to_end(flow, target, seen) for target in onward)
