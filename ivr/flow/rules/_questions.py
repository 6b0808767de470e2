"""Find declared questions, the variables that hold their answers, and the fields that a path leads to, for rules."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ivr.flow.model import AskedQuestion, Flow, Step
from ivr.flow.paths_read import Path
from ivr.flow.questions import AnswerField, DeclaredQuestion

from ._rule import Parts

AnswerFields = Mapping[str, Mapping[str, tuple[AnswerField, ...]]]
"""The fields of each variable that holds only answers of declared questions."""


@dataclass(frozen=True)
class FieldsRead:
    """The fields that a path leads to; empty where that is not known. `unknown` is the first part that does not exist.

    `choices` are the names that stand in its place.
    """

    fields: tuple[AnswerField, ...] = ()
    unknown: str = ""
    choices: tuple[str, ...] = ()


def declared(flow: Flow, parts: Parts) -> Iterator[tuple[Step, AskedQuestion, DeclaredQuestion]]:
    """Yield every declared question that a flow asks, with the step that asks it."""
    for step in flow.written_steps():
        asked = step.asks()
        if asked and asked.source.name in parts.questions:
            yield step, asked, parts.questions[asked.source.name]


def answers(flow: Flow, parts: Parts) -> AnswerFields:
    """Return the answer's fields of each variable that holds only answers of declared questions."""
    by_variable: dict[str, dict[str, tuple[AnswerField, ...]]] = {}
    # A variable that anything else may set can hold anything, so that nothing is said about its parts.
    unsure = set(flow.parameters)
    for step in flow.steps.values():
        asked = step.asks()
        for variable in step.sets():
            question = parts.questions.get(asked.source.name) if asked else None
            if question is None or question.open_answer or not asked or asked.save_as != variable:
                unsure.add(variable)
                continue
            fields = by_variable.setdefault(variable, {})
            for name, answered in question.answer.items():
                fields[name] = (*fields.get(name, ()), answered)
    return {variable: fields for variable, fields in by_variable.items() if variable not in unsure}


def with_answers(flow: Flow, parts: Parts) -> Iterator[tuple[Any, AnswerFields]]:
    """Yield the global choices of a flow and each step, with the answers as they read them."""
    by_variable = answers(flow, parts)
    yield flow.globals, by_variable
    for step in flow.written_steps():
        yield step, with_item(step, by_variable)


def fields_at(path: Path, by_variable: AnswerFields) -> FieldsRead:
    """Follow a path from a variable through the declared fields of its answer."""
    inside, fields = by_variable.get(path[0], {}), tuple[AnswerField, ...]()
    for part in path[1:]:
        if fields and all(field.listed for field in fields):
            # An item of a list has the fields that the list declares, so the place in it is passed over.
            if part.isdecimal() or part in ("first", "last"):
                continue
            if part == "length":
                return FieldsRead()
        if not inside:
            return FieldsRead()
        if part not in inside:
            return FieldsRead(unknown=part, choices=tuple(inside))
        fields = inside[part]
        inside = _parts_of(fields)
    return FieldsRead(fields)


def with_item(step: Step, by_variable: AnswerFields) -> AnswerFields:
    """Return the answers as a step reads them; in one with a list, `item` holds the fields of an item."""
    items = step.items_of()
    paths = list(items.paths()) if items is not None else []
    # A computed list has no declared items.
    if len(paths) != 1 or items is None or items.text != ".".join(paths[0]):
        return by_variable
    items_read = fields_at(paths[0], by_variable).fields
    return {**by_variable, "item": _parts_of(items_read)} if items_read else by_variable


def _parts_of(fields: tuple[AnswerField, ...]) -> dict[str, tuple[AnswerField, ...]]:
    """Return the parts of fields by name; empty if one of them does not declare its parts."""
    if not all(field.parts for field in fields):
        return {}
    names = dict.fromkeys(name for field in fields for name in field.parts)
    return {name: tuple(field.parts[name] for field in fields if name in field.parts) for name in names}
