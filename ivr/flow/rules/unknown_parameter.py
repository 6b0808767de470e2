"""Check that a flow receives only values of its parameters."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.diagnostics.problem import Problem
from ivr.yamlfile.suggest import did_you_mean

from ._rule import Parts, Rule
from ._walks import nested_flows


def check(parts: Parts) -> Iterator[Problem]:
    """Check the values that steps pass to nested flows."""
    for flow in parts.flows.values():
        for step, nested in nested_flows(flow):
            taken = parts.flows[nested.name].parameters if nested.name in parts.flows else tuple(nested.values)
            for name in nested.values:
                if name not in taken:
                    listed = " and ".join(f'"{parameter}"' for parameter in taken)
                    cure = did_you_mean(name, taken) or (f"It takes {listed}." if taken else "It takes none.")
                    message = f'"{nested.name}" takes no "{name}".'
                    yield Problem(step.place_of(step.kind), RULE.id, message, cure)


RULE = Rule("unknown-parameter", "A flow receives a value for which it has no parameter.", parts=check)
