"""Check that no flow runs itself, directly or through other flows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ivr.diagnostics.problem import Problem
from ivr.flow.model import Flow

from ._rule import Parts, Rule
from ._walks import nested_flows


def check(parts: Parts) -> Iterator[Problem]:
    """Check every step that runs a flow."""
    for flow in parts.flows.values():
        for step, nested in nested_flows(flow):
            if flow.name in _all_run(nested.name, parts.flows):
                message = f'"{flow.name}" runs itself through this step, and would do so without end.'
                cure = 'Lead back to a step with "next", or to "return".'
                yield Problem(step.place_of(step.kind), RULE.id, message, cure)


def _all_run(name: str, flows: Mapping[str, Flow]) -> set[str]:
    """Return a flow and all flows that it runs, directly or through others."""
    names, frontier = set[str](), [name]
    while frontier:
        name = frontier.pop()
        if name not in names and name in flows:
            names.add(name)
            frontier += [nested.name for _, nested in nested_flows(flows[name])]
    return names


RULE = Rule("runs-itself", "A flow runs itself, directly or through others.", parts=check)
