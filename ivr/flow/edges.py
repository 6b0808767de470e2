"""The ways between steps over all flows of a release, for reports and pictures. Must not run a call."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from .model import RETURN, Choice, Flow, Release, Step
from .outcomes import FAILED, flow_routes, step_routes

StepName = tuple[str, str]
"""A flow and a step."""
ENTERS = "enters"
"""The outcome by which a step runs another flow."""


@runtime_checkable
class _NamesOutcomes(Protocol):
    """A step that names an outcome for each of its choices."""

    def outcome(self, choice: Choice) -> str: ...


@dataclass(frozen=True)
class Edge:
    """One way from a step: the outcome that takes it, its condition ("" for none), and where it leads.

    `target` is None for the end of a sub-flow. `choice` is set where a caller's key takes it.
    """

    source: StepName
    outcome: str
    target: StepName | None
    when: str = ""
    choice: Choice | None = None


def edges_of(release: Release, flow: Flow, step: Step) -> Iterator[Edge]:
    """Yield the ways that the step itself has, including the flow that it runs; not those of every step."""
    choices: dict[str, Choice] = {}
    if isinstance(step, _NamesOutcomes):
        choices = {step.outcome(choice): choice for choice in step.own_choices() if choice.goto}
    for outcome, route in step_routes(step).items():
        for way in route:
            when = way.when.text if way.when else ""
            target = target_of(release, flow, way.goto.name)
            yield Edge((flow.name, step.name), outcome, target, when, choices.get(outcome))
    nested = step.nested()
    if nested is not None and nested.name in release.flows:
        yield Edge((flow.name, step.name), ENTERS, (nested.name, release.flows[nested.name].start))


def failure_edge(release: Release, flow: Flow, step: Step) -> Edge:
    """Return the way after the last try of a step that listens: its own, or the flow's way to a person."""
    own = [edge for edge in edges_of(release, flow, step) if edge.outcome == FAILED]
    route = flow_routes(flow)[FAILED]
    return own[-1] if own else Edge((flow.name, step.name), FAILED, target_of(release, flow, route[0].goto.name))


def target_of(release: Release, flow: Flow, name: str) -> StepName | None:
    """Return the step that a name in a flow leads to: one of its own, or the start of another flow."""
    if name == RETURN:
        return None
    if name in flow.steps or name not in release.flows:
        return (flow.name, name)
    return (name, release.flows[name].start)


def starts(release: Release) -> list[StepName]:
    """Return where calls begin: the starts of the flows of all called numbers, each once."""
    names = dict.fromkeys(number.flow.name for number in release.line.numbers.values())
    return [(name, release.flows[name].start) for name in names if name in release.flows]


def step_named(release: Release, name: StepName) -> Step | None:
    """Return a step; None for a name that no step has."""
    flow = release.flows.get(name[0])
    return flow.steps.get(name[1]) if flow else None
