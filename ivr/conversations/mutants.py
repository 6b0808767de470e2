"""Small changes to flows that a good set of conversations notices (mutation testing, DeMillo 1978)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from itertools import pairwise
from typing import Any

from ivr.diagnostics.problem import Place
from ivr.flow.model import Choice, Flow, Release, Step, Target


@dataclass(frozen=True)
class Mutant:
    """One change: the release with it, the step that is changed, and what it does, for editors."""

    release: Release
    flow: str
    step: str
    place: Place
    change: str


def mutants(release: Release) -> Iterator[Mutant]:
    """Yield every mutant: two keys exchanged, a choice sent to a person, a ladder or a way after failures dropped."""
    for flow in release.flows.values():
        for step in flow.written_steps():
            for place, change, mutated in (*_exchanged(step), *_sent_elsewhere(step, flow), *_dropped(step)):
                yield Mutant(_with(release, flow, mutated), flow.name, step.name, place, change)


def _with(release: Release, flow: Flow, step: Step) -> Release:
    changed = replace(flow, steps={**flow.steps, step.name: step})
    # An own version, since engines cache by it.
    return replace(release, version=f"{id(changed):016x}"[:16], flows={**release.flows, flow.name: changed})


def _exchanged(step: Step) -> Iterator[tuple[Place, str, Step]]:
    choices = step.own_choices()
    for number, (first, second) in enumerate(pairwise(choices)):
        if first.goto and second.goto and first.goto != second.goto:
            pair = (replace(first, goto=second.goto), replace(second, goto=first.goto))
            changed = (*choices[:number], *pair, *choices[number + 2 :])
            yield second.place, f"keys {first.key} and {second.key} exchanged", _with_choices(step, changed)


def _sent_elsewhere(step: Step, flow: Flow) -> Iterator[tuple[Place, str, Step]]:
    choices = step.own_choices()
    for number, choice in enumerate(choices):
        if choice.goto and choice.goto.name != flow.agent:
            sent = replace(choice, goto=Target(flow.agent, choice.goto.place))
            changed = (*choices[:number], sent, *choices[number + 1 :])
            yield choice.place, f"key {choice.key} leads to {flow.agent}", _with_choices(step, changed)


def _dropped(step: Step) -> Iterator[tuple[Place, str, Step]]:
    for spec in fields(step):
        if spec.name in ("on_no_input", "on_failure") and getattr(step, spec.name):
            yield step.place_of(spec.name), f"{spec.name} dropped", _with_field(step, spec.name, None)


def _with_choices(step: Step, choices: Sequence[Choice]) -> Step:
    """Return a step with other choices, in the field that has them."""
    own = step.own_choices()
    # By identity: each kind has its own field for the choices.
    name = next(spec.name for spec in fields(step) if getattr(step, spec.name) is own)
    return _with_field(step, name, tuple(choices))


def _with_field(step: Step, name: str, value: Any) -> Step:
    changes: dict[str, Any] = {name: value}
    return replace(step, **changes)
