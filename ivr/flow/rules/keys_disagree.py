"""Check that the keys of a step are consistent, as its kind defines."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.diagnostics.problem import Problem
from ivr.flow.model import Flow

from ._rule import Parts, Rule


def check(flow: Flow, parts: Parts) -> Iterator[Problem]:
    """Report the faults that each step finds among its own keys."""
    del parts
    for step in flow.steps.values():
        for key, message, cure in step.faults():
            yield Problem(step.place_of(key), RULE.id, message, cure)


RULE = Rule(
    "keys-disagree",
    "Two keys of a step contradict each other, or one has no meaning beside the other.",
    flow=check,
)
