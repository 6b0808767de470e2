"""What must hold between flows: called numbers, and flows that are run by others with values and come back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ivr.diagnostics.problem import Place, Problem
from ivr.flow.model import RETURN, CalledNumber, Flow, Hotline, NestedFlow, Target, within
from ivr.yamlfile.suggest import did_you_mean


def check(flows: Mapping[str, Flow], names: frozenset[str], line: Hotline | None) -> Iterator[Problem]:
    """Check the lines, and every flow that runs or leads to another."""
    for number in line.numbers.values() if line is not None else ():
        name = number.flow.name
        if name not in names:
            cure = did_you_mean(name, names) or f"The flows are {', '.join(sorted(names))}."
            yield Problem(number.flow.place, "unknown-flow", f'"{name}" is no flow.', cure)
        elif name in flows:
            yield from _led_to(Target(name, number.flow.place), flows[name])
            yield from _spoken(number, flows[name])
    for flow in flows.values():
        yield from _leads_to(flow, flows)
        for step in flow.written_steps():
            if nested := step.nested():
                yield from _runs(nested, step.place_of(step.kind), flows, names)
        yield from _runs_itself(flow, flows)


def _spoken(number: CalledNumber, flow: Flow) -> Iterator[Problem]:
    wanted = number.language
    if wanted is not None and wanted.name not in flow.languages:
        message = f'"{flow.name}" does not speak {wanted.name}.'
        spoken = " and ".join(flow.languages)
        cure = f"Write its texts in {wanted.name}, too, or choose what it speaks: {spoken}."
        yield Problem(wanted.place, "unspoken-language", message, cure)


def _leads_to(flow: Flow, flows: Mapping[str, Flow]) -> Iterator[Problem]:
    for target in within([flow.globals, *flow.written_steps()], Target):
        if target.name in flows and target.name not in flow.steps:
            yield from _led_to(target, flows[target.name])


def _led_to(target: Target, flow: Flow) -> Iterator[Problem]:
    if flow.parameters:
        message = f'"{flow.name}" needs {_listed(flow.parameters)}, which nothing gives it here.'
        cure = 'Run it by a step of kind "flow", which gives values under "with".'
        yield Problem(target.place, "missing-parameter", message, cure)


def _runs(nested: NestedFlow, place: Place, flows: Mapping[str, Flow], names: frozenset[str]) -> Iterator[Problem]:
    if nested.name not in names:
        cure = did_you_mean(nested.name, names) or f"The flows are {', '.join(sorted(names))}."
        yield Problem(place, "unknown-flow", f'"{nested.name}" is no flow.', cure)
    elif nested.name in flows:
        other = flows[nested.name]
        wanted, given = other.parameters, nested.given
        for name in wanted:
            if name not in given:
                message = f'"{other.name}" needs "{name}", which is not given.'
                yield Problem(place, "missing-parameter", message, f'Add it under "with:", as in: {name}: "1"')
        for name in given:
            if name not in wanted:
                cure = did_you_mean(name, wanted) or (f"It takes {_listed(wanted)}." if wanted else "It takes none.")
                yield Problem(place, "unknown-parameter", f'"{other.name}" takes no "{name}".', cure)
        if not other.unread and not any(target.name == RETURN for target in within([*other.steps.values()], Target)):
            message = f'"{other.name}" never comes back: nothing in it goes to "return".'
            cure = f'Write "return" as a target in {other.name}.yaml, or lead there with "next" instead.'
            yield Problem(place, "no-return", message, cure, "warning")


def _runs_itself(flow: Flow, flows: Mapping[str, Flow]) -> Iterator[Problem]:
    for step in flow.written_steps():
        nested = step.nested()
        if nested and flow.name in _all_run(nested.name, flows):
            message = f'"{flow.name}" runs itself through this step, and would do so without end.'
            cure = 'Lead back to a step with "next", or to "return".'
            yield Problem(step.place_of(step.kind), "runs-itself", message, cure)


def _all_run(name: str, flows: Mapping[str, Flow]) -> set[str]:
    """Return a flow and all that it runs, through others too."""
    found, frontier = set[str](), [name]
    while frontier:
        name = frontier.pop()
        if name not in found and name in flows:
            found.add(name)
            frontier += [nested.name for step in flows[name].written_steps() if (nested := step.nested())]
    return found


def _listed(names: tuple[str, ...]) -> str:
    return " and ".join(f'"{name}"' for name in names)
