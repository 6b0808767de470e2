"""Check that every step can be reached."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.diagnostics.problem import Problem
from ivr.flow.model import Flow

from ._rule import Parts, Rule
from ._walks import reached, reached_everywhere


def check(flow: Flow, parts: Parts) -> Iterator[Problem]:
    """Check every step that an editor wrote."""
    del parts
    names = reached(flow, [flow.start, *reached_everywhere(flow)])
    for step in flow.written_steps():
        if step.name not in names:
            message = f'No caller can ever get to step "{step.name}".'
            yield Problem(step.place, RULE.id, message, "Lead a choice to it, or delete it.", "warning")


RULE = Rule(
    "unreachable-step",
    "No caller can get to a step (warning).",
    flow=check,
    whole=True,
    unless=frozenset({"unknown-step", "no-agent"}),
)
