"""Check that every field read from an answer of a declared question exists."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ivr.diagnostics.problem import Problem
from ivr.flow.model import Flow
from ivr.flow.paths_read import paths_read
from ivr.yamlfile.suggest import did_you_mean

from ._questions import AnswerFields, fields_at, with_answers
from ._rule import Parts, Rule


def check(flow: Flow, parts: Parts) -> Iterator[Problem]:
    """Check every field of an answer that a text or a condition reads."""
    for part, by_variable in with_answers(flow, parts):
        yield from _fields(part, by_variable)


def _fields(part: Any, by_variable: AnswerFields) -> Iterator[Problem]:
    for path, place, _ in paths_read(part):
        read = fields_at(path, by_variable)
        if not read.unknown and not (len(path) > 1 and by_variable.get(path[0]) == {} and path[0] != "item"):
            continue
        wrong = read.unknown or path[1]
        inside = ".".join(path[: path.index(wrong)])
        cure = did_you_mean(wrong, read.choices) or f"It has {', '.join(read.choices) or 'no parts'}."
        yield Problem(place, RULE.id, f'The answer "{inside}" has no "{wrong}".', cure)


RULE = Rule(
    "unknown-answer", "A text or condition reads a field that a service's answer does not have.", flow=check, whole=True
)
