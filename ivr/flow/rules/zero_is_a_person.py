"""Check that key 0 leads to an agent everywhere (ETSI ETR 096, ISO/IEC 13714)."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.diagnostics.problem import Problem
from ivr.flow.model import Choice, Flow
from ivr.flow.parts_within import within

from ._rule import Parts, Rule


def check(flow: Flow, parts: Parts) -> Iterator[Problem]:
    """Check every choice that takes key 0."""
    del parts
    for choice in within([flow.globals, *flow.written_steps()], Choice):
        # An error in every flow, not a habit of one: callers press 0 before they have listened.
        if choice.key == "0" and not (choice.goto and choice.goto.name == flow.agent):
            message = "Key 0 must lead to a person everywhere; callers rely on it."
            cure = f'Give this choice another key, or write "goto: {flow.agent}".'
            yield Problem(choice.place, RULE.id, message, cure)


RULE = Rule("zero-is-a-person", "Key 0 leads to something else than a person.", flow=check)
