"""Check that a step which asks a question requires the identity level that the question needs."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.diagnostics.problem import Problem
from ivr.flow.model import Flow

from ._questions import declared
from ._rule import Parts, Rule


def check(flow: Flow, parts: Parts) -> Iterator[Problem]:
    """Check the level of every step that asks a declared question."""
    for step, asked, question in declared(flow, parts):
        if step.requires < question.level:
            has = f"requires L{step.requires}" if step.requires else "requires none"
            message = f'The question "{asked.source.name}" needs a caller of L{question.level}; this step {has}.'
            cure = f'Write "requires: L{question.level}" in step "{step.name}".'
            yield Problem(asked.source.place, RULE.id, message, cure)


RULE = Rule("level-too-low", "A question is asked for a caller whose identity level is too low for it.", flow=check)
