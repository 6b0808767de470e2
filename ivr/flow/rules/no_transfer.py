"""Check that the agent step of a flow leads to a transfer."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.diagnostics.problem import Problem
from ivr.flow.model import Flow

from ._rule import Parts, Rule
from ._walks import reached


def check(flow: Flow, parts: Parts) -> Iterator[Problem]:
    """Check the routes from the flow's agent step; routes into other flows pass."""
    del parts
    # A way into another flow passes: that flow is checked by itself.
    names = reached(flow, [flow.agent])
    if names <= set(flow.steps) and not any(flow.steps[name].reaches_person for name in names):
        message = f'Callers who want a person go to "{flow.agent}", from where no way leads to a transfer.'
        cure = "Let it lead to a transfer step, so that people can reach people."
        yield Problem(flow.steps[flow.agent].place, RULE.id, message, cure, "warning")


RULE = Rule(
    "no-transfer",
    "From the step that brings callers to a person, no way leads to a transfer (warning).",
    flow=check,
    whole=True,
    unless=frozenset({"unknown-step", "no-agent"}),
)
