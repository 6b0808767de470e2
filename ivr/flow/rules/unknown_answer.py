"""Check that every field read from an answer of the engine's own services exists."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.diagnostics.problem import Problem
from ivr.flow.model import Flow
from ivr.yamlfile.suggest import did_you_mean

from ._questions import answers
from ._rule import Parts, Rule
from ._values import paths_read


def check(flow: Flow, parts: Parts) -> Iterator[Problem]:
    """Check every field of an answer that a text or a condition reads."""
    by_variable = answers(flow, parts)
    for path, place, _ in paths_read([flow.globals, *flow.written_steps()]):
        if len(path) > 1 and path[0] in by_variable and path[1] not in by_variable[path[0]]:
            fields = by_variable[path[0]]
            cure = did_you_mean(path[1], fields) or f"It has {', '.join(fields) or 'no parts'}."
            yield Problem(place, RULE.id, f'The answer "{path[0]}" has no "{path[1]}".', cure)


RULE = Rule(
    "unknown-answer", "A text or condition reads a field that a service's answer does not have.", flow=check, whole=True
)
