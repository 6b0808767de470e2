"""Check that a flow receives a value for every parameter."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.diagnostics.problem import Problem
from ivr.flow.model import Flow, Target
from ivr.flow.parts_within import within

from ._rule import Parts, Rule
from ._walks import nested_flows


def check(parts: Parts) -> Iterator[Problem]:
    """Check every reference to a flow: called numbers, targets, and steps that run it."""
    flows = parts.flows
    for number in parts.line.numbers.values() if parts.line is not None else ():
        if number.flow.name in flows:
            yield from _led_to(Target(number.flow.name, number.flow.place), flows[number.flow.name])
    for flow in flows.values():
        for target in within([flow.globals, *flow.written_steps()], Target):
            if target.name in flows and target.name not in flow.steps:
                yield from _led_to(target, flows[target.name])
        for step, nested in nested_flows(flow):
            for name in flows[nested.name].parameters if nested.name in flows else ():
                if name not in nested.values:
                    message = f'"{nested.name}" needs "{name}", which is not given.'
                    cure = f'Add it under "with:", as in: {name}: "1"'
                    yield Problem(step.place_of(step.kind), RULE.id, message, cure)


def _led_to(target: Target, flow: Flow) -> Iterator[Problem]:
    if flow.parameters:
        needed = " and ".join(f'"{name}"' for name in flow.parameters)
        message = f'"{flow.name}" needs {needed}, which it does not receive here.'
        cure = 'Run it by a step of kind "flow", which passes values under "with".'
        yield Problem(target.place, RULE.id, message, cure)


RULE = Rule("missing-parameter", "A flow does not receive a value that it needs.", parts=check)
