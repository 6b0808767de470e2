"""Check that the fields of a service's answer are read aloud by a value kind that fits them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ivr.diagnostics.problem import Problem
from ivr.flow.model import Flow
from ivr.flow.parts_within import within
from ivr.flow.questions import AnswerField
from ivr.flow.text import Slot, Template

from ._questions import AnswerFields, fields_at, with_answers
from ._rule import Parts, Rule


def check(flow: Flow, parts: Parts) -> Iterator[Problem]:
    """Check the value kind of every answer's field that a text reads aloud."""
    for part, by_variable in with_answers(flow, parts):
        yield from _slots(part, by_variable)


def _slots(part: Any, by_variable: AnswerFields) -> Iterator[Problem]:
    for template in within(part, Template):
        for slot in template.slots():
            fields = fields_at(slot.path, by_variable).fields
            if fields and not any(slot.kind in field.kinds for field in fields):
                yield _problem(slot, template, fields[0])


def _problem(slot: Slot, template: Template, field: AnswerField) -> Problem:
    path = ".".join(slot.path)
    message = f'"{path}" is {field.words}, and cannot be read aloud as {slot.kind}.'
    samples = " or ".join(f"{{{path}|{kind}}}" for kind in field.kinds)
    cure = f"Write {samples}." if samples else "Read it in a condition, or speak of something else."
    return Problem(slot.place or template.place, RULE.id, message, cure)


RULE = Rule(
    "wrong-kind",
    "A field of a service's answer is read aloud by a value kind that does not fit it.",
    flow=check,
    whole=True,
)
