"""What must hold between the parts of flows that are each well written: targets, ways out, values, languages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from ..problem import Place, Problem
from ..secret import KINDS as SECRET_KINDS
from .expressions import Expression
from .model import RETURN, Choice, Flow, Line, Phrases, Step, Target, within
from .near import did_you_mean
from .outcomes import flow_routes, step_routes
from .text import Template, Text

_GIVEN = {
    "call": ("number", "language", "date", "time", "hour", "weekday"),
    "caller": (),
    "identity": ("level",),
    "card": (),
    "item": (),
}
"""Values that every flow can read; those with parts listed have no others."""


def check_flow(flow: Flow, flows: frozenset[str], line: Line | None) -> list[Problem]:
    """Return what is wrong inside one flow. `flows` are the names of all flows there are."""
    found = [*_targets(flow, flows), *_agent(flow, flows), *_values(flow), *_languages(flow), *_zero_key(flow)]
    if line is not None:
        found += _desks(flow, line)
    if not any(problem.rule in ("unknown-step", "no-agent") for problem in found):
        found += [*_unreachable(flow), *_loops(flow)]
    return found


def check_release(flows: Mapping[str, Flow], line: Line) -> list[Problem]:
    """Return what is wrong between flows: the lines, and what sub-flows are given."""
    found: list[Problem] = []
    for called, name in line.flows.items():
        if name not in flows:
            place = Place("line.yaml", 1, 1)
            found.append(
                Problem(
                    place,
                    "unknown-flow",
                    f'the line {called} plays "{name}", which is no flow.',
                    did_you_mean(name, flows),
                )
            )
    for flow in flows.values():
        found += _sub_flows(flow, flows)
    return found


def _written_steps(flow: Flow) -> Iterator[Step]:
    """Yield the steps that an editor wrote."""
    return (step for name, step in flow.steps.items() if "." not in name)


def _targets(flow: Flow, flows: frozenset[str]) -> Iterator[Problem]:
    start = Target(flow.start, flow.place)
    for target in [start, *within([flow.globals, *_written_steps(flow)], Target)]:
        if target.name not in flow.steps and target.name not in flows and target.name != RETURN:
            near = did_you_mean(target.name, [*(s.name for s in _written_steps(flow)), *flows])
            yield Problem(target.place, "unknown-step", f'"{target.name}" is no step of this flow and no flow.', near)
    if flow.start in flows - set(flow.steps):
        yield Problem(
            flow.place, "unknown-step", f'a flow starts with a step of its own; "{flow.start}" is another flow.'
        )


def _agent(flow: Flow, flows: frozenset[str]) -> Iterator[Problem]:
    if flow.agent not in flow.steps and flow.agent not in flows:
        cure = 'Add a step "agent" (kind transfer), or name another step or flow with "agent:".'
        yield Problem(
            flow.place, "no-agent", f'callers have no way to a person: there is no step "{flow.agent}".', cure
        )


def _zero_key(flow: Flow) -> Iterator[Problem]:
    """Key 0 is a person everywhere (ETSI ETR 096, ISO/IEC 13714); nothing else may take it."""
    for choice in within([flow.globals, *_written_steps(flow)], Choice):
        if choice.key == "0" and not (choice.goto and choice.goto.name == flow.agent):
            cure = f"Give this choice another key; 0 leads to {flow.agent}."
            yield Problem(choice.place, "zero-is-a-person", "key 0 must lead to a person everywhere.", cure)


def _desks(flow: Flow, line: Line) -> Iterator[Problem]:
    for step in _written_steps(flow):
        desk = getattr(getattr(step, "transfer", None), "desk", None)
        if desk is not None and desk not in line.desks:
            cure = did_you_mean(desk, line.desks) or f"The desks are {', '.join(line.desks)}."
            yield Problem(
                step.place, "unknown-desk", f'step "{step.name}" dials "{desk}", which is no desk of line.yaml.', cure
            )


# values


def _values(flow: Flow) -> Iterator[Problem]:
    known, secrets = _known(flow)
    for step in _written_steps(flow):
        for template in within(step, Template):
            for slot in template.slots():
                yield from _value(slot.path, template.place, known)
                if slot.path[0] in secrets:
                    cure = "Speak the last digits that the bank gives, or nothing."
                    yield Problem(
                        template.place, "secret-spoken", f'"{slot.path[0]}" is secret and can\'t be spoken.', cure
                    )
        for expression in within(step, Expression):
            for path in expression.paths():
                yield from _value(path, expression.place, known)
    for expression in within(flow.globals, Expression):
        for path in expression.paths():
            yield from _value(path, expression.place, known)


def _known(flow: Flow) -> tuple[frozenset[str], frozenset[str]]:
    sets = [pair for step in flow.steps.values() for pair in step.sets().items()]
    secrets = frozenset(name for name, holds in sets if holds in SECRET_KINDS)
    return frozenset(_GIVEN) | {name for name, _ in sets} | set(flow.parameters), secrets


def _value(path: tuple[str, ...], place: Place, known: frozenset[str]) -> Iterator[Problem]:
    if path[0] not in known:
        cure = did_you_mean(path[0], known) or f"Known here: {', '.join(sorted(known))}."
        yield Problem(place, "unknown-value", f'nothing in this flow sets "{path[0]}".', cure)
    elif len(path) > 1 and _GIVEN.get(path[0]) and path[1] not in _GIVEN[path[0]]:
        cure = did_you_mean(path[1], _GIVEN[path[0]]) or f"It has {', '.join(_GIVEN[path[0]])}."
        yield Problem(place, "unknown-value", f'"{path[0]}" has no "{path[1]}".', cure)


# languages


def _languages(flow: Flow) -> Iterator[Problem]:
    if len(flow.languages) < 2:
        return
    for text in within([flow.globals, *_written_steps(flow)], (Text, Phrases)):
        missing = [tag for tag in flow.languages if tag not in text.by_language]
        if missing and isinstance(text, Text):
            cure = f"Add a line for {' and '.join(missing)}."
            yield Problem(text.place, "missing-language", f"this text is not there in {' and '.join(missing)}.", cure)
        elif missing:
            cure = f"Add phrases for {' and '.join(missing)}, or callers of that language can only press the key."
            message = f"nothing can be said for this in {' and '.join(missing)}."
            yield Problem(text.place, "missing-phrases", message, cure, "warning")


# ways


def _next_steps(step: Step) -> set[str]:
    return {way.goto.name for route in step_routes(step).values() for way in route}


def _unreachable(flow: Flow) -> Iterator[Problem]:
    everywhere = {way.goto.name for route in flow_routes(flow).values() for way in route}
    reached, frontier = set[str](), [flow.start, *everywhere]
    while frontier:
        name = frontier.pop()
        if name in flow.steps and name not in reached:
            reached.add(name)
            frontier += _next_steps(flow.steps[name])
    for step in _written_steps(flow):
        if step.name not in reached:
            cure = "Lead a choice to it, or delete it."
            yield Problem(
                step.place, "unreachable-step", f'no caller can ever get to step "{step.name}".', cure, "warning"
            )


def _loops(flow: Flow) -> Iterator[Problem]:
    """Find rounds of steps that never wait for the caller and have no condition: a call would hang in them."""
    waits = {name for name, step in flow.steps.items() if step.listens or step.kind in ("transfer", "hangup")}
    for start in _written_steps(flow):
        path = _forced_path(flow, start, waits)
        if path and path[-1] == start.name and start.name == min(path):
            round_trip = " → ".join([start.name, *path])
            cure = "Let one of them wait for the caller, or give it a condition."
            yield Problem(start.place, "endless-loop", f"a call goes round without end: {round_trip}.", cure)


def _forced_path(flow: Flow, start: Step, waits: Iterable[str]) -> list[str]:
    path: list[str] = []
    name = start.name
    while name in flow.steps and name not in waits and name not in path:
        routes = [way for outcome, route in step_routes(flow.steps[name]).items() if outcome == "next" for way in route]
        if len(routes) != 1:
            return []
        name = routes[0].goto.name
        path.append(name)
        if name == start.name:
            return path
    return []


# sub-flows


def _sub_flows(flow: Flow, flows: Mapping[str, Flow]) -> Iterator[Problem]:
    for step in _written_steps(flow):
        call = getattr(step, "flow", None)
        if step.kind != "flow" or call is None:
            continue
        if call.run not in flows:
            cure = did_you_mean(call.run, flows) or f"The flows are {', '.join(flows)}."
            yield Problem(step.place, "unknown-flow", f'step "{step.name}" runs "{call.run}", which is no flow.', cure)
            continue
        wanted, given = set(flows[call.run].parameters), set(call.given or {})
        for name in sorted(wanted - given):
            yield Problem(
                step.place, "missing-parameter", f'"{call.run}" needs "{name}".', f'Add it under "with": {name}.'
            )
        for name in sorted(given - wanted):
            yield Problem(
                step.place, "unknown-parameter", f'"{call.run}" takes no "{name}".', did_you_mean(name, wanted)
            )
