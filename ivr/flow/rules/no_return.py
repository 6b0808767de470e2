"""Check that a flow run by another flow returns."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.diagnostics.problem import Problem
from ivr.flow.model import RETURN, Flow, Target
from ivr.flow.parts_within import within

from ._rule import Parts, Rule
from ._walks import nested_flows


def check(parts: Parts) -> Iterator[Problem]:
    """Check every nested flow."""
    for flow in parts.flows.values():
        for step, nested in nested_flows(flow):
            other = parts.flows.get(nested.name)
            if other is not None and not other.unread and not _comes_back(other):
                message = f'"{other.name}" never comes back: nothing in it goes to "return".'
                cure = f'Write "return" as a target in {other.name}.yaml, or lead there with "next" instead.'
                yield Problem(step.place_of(step.kind), RULE.id, message, cure, "warning")


def _comes_back(flow: Flow) -> bool:
    return any(target.name == RETURN for target in within([*flow.steps.values()], Target))


RULE = Rule("no-return", "A flow that is run by another never comes back (warning).", parts=check)
