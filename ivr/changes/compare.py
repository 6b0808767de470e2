"""Compare two releases: every difference, what callers notice most first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from ivr.flow.line_graph import LineGraph
from ivr.flow.model import Flow, Release, Step

from .choices import ChoiceComparison
from .files import file_differences
from .model import Difference
from .reach import reachable_steps, reaches_person_on_silence, seconds_to_person
from .steps import StepComparison, value_text

LEAST_SECONDS = 1.0
"""The least change of the time to a person that is reported."""
_FLOW_SETTINGS = ("language", "profile", "start", "agent", "main_menu", "parameters", "returns")


def compare(old: Release, new: Release) -> list[Difference]:
    """Return every difference between two releases."""
    return [*_journeys(old, new), *_flows(old, new), *file_differences(old, new)]


def _flows(old: Release, new: Release) -> Iterator[Difference]:
    for name in dict.fromkeys([*old.flows, *new.flows]):
        if name not in new.flows:
            yield Difference("flow_removed", name)
        elif name not in old.flows:
            yield Difference("flow_added", name)
        else:
            yield from _flow(old.flows[name], new.flows[name])


def _flow(old: Flow, new: Flow) -> Iterator[Difference]:
    names = _renamed_steps(old, new)

    def renamed(name: str) -> str:
        return names.get(name, name)

    for setting in _FLOW_SETTINGS:
        before, after = getattr(old, setting), getattr(new, setting)
        before = renamed(before) if setting in ("start", "agent", "main_menu") else before
        if before != after:
            facts = {"name": setting, "before": value_text(before), "after": value_text(after)}
            yield Difference("flow_setting", new.name, "", facts)
    yield from ChoiceComparison(new.name, "", old.globals, new.globals, renamed).differences()
    for before_name, after_name in names.items():
        yield Difference("step_renamed", new.name, after_name, {"before": before_name})
    before_steps = {renamed(step.name): step for step in old.written_steps()}
    after_steps = {step.name: step for step in new.written_steps()}
    for name in dict.fromkeys([*before_steps, *after_steps]):
        if name not in after_steps:
            yield Difference("step_removed", new.name, name)
        elif name not in before_steps:
            yield Difference("step_added", new.name, name, {"kind": after_steps[name].kind})
        else:
            yield from StepComparison(new.name, before_steps[name], after_steps[name], renamed).differences()


def _renamed_steps(old: Flow, new: Flow) -> Mapping[str, str]:
    """Return the new name of each step that is there under another name and otherwise equal."""
    after = {step.name: step for step in new.written_steps() if step.name not in old.steps}
    names: dict[str, str] = {}
    for step in old.written_steps():
        if step.name in new.steps:
            continue
        same = next((name for name, other in after.items() if _equal(step, other)), None)
        if same is not None:
            names[step.name] = same
            # Two steps of the old release must not be renamed to the same new one.
            del after[same]
    return names


def _equal(old: Step, new: Step) -> bool:
    return type(old) is type(new) and replace(old, name=new.name) == new


def _journeys(old: Release, new: Release) -> Iterator[Difference]:
    """Yield what is different on the way: steps out of reach, silence, and the time to a person."""
    graphs = LineGraph.of_release(old), LineGraph.of_release(new)
    before, after = map(reachable_steps, graphs)
    for flow, step in sorted(before - after):
        # Steps with a dot are made for identity checks, and editors do not know their names.
        if flow in new.flows and step in new.flows[flow].steps and "." not in step:
            yield Difference("unreachable", flow, step)
    silent_before, silent_after = map(reaches_person_on_silence, graphs)
    for name, safe in silent_after.items():
        if name in silent_before and silent_before[name] != safe and name in after:
            yield Difference("silence_gained" if safe else "silence_lost", *name)
        elif name not in silent_before and not safe and name in after:
            yield Difference("silence_lost", *name)
    yield from _times(*graphs)


def _times(old: LineGraph, new: LineGraph) -> Iterator[Difference]:
    """Yield where callers hear later or earlier how to get to a person."""
    reached = reachable_steps(new)
    for flow in new.flows.values():
        before = old.flows.get(flow.name)
        for step in flow.written_steps():
            name = (flow.name, step.name)
            old_step = before.steps.get(step.name) if before else None
            if before is None or old_step is None or not step.listens or name not in reached:
                continue
            was, now = seconds_to_person(old, before, old_step), seconds_to_person(new, flow, step)
            if now is None and was is not None:
                yield Difference("person_lost", *name)
            elif was is None and now is not None:
                yield Difference("person_gained", *name, {"after": f"{now:.0f}"})
            elif was is not None and now is not None and abs(now - was) >= LEAST_SECONDS:
                kind = "person_later" if now > was else "person_sooner"
                yield Difference(kind, *name, {"by": f"{abs(now - was):.0f}", "after": f"{now:.0f}"})
