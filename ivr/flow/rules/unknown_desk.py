"""Check that every referenced desk is defined in `line.yaml`, and that values which name desks can name them only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ivr.diagnostics.problem import Place, Problem
from ivr.flow.model import Flow, Hotline, Reference
from ivr.flow.paths_read import Path, paths_read
from ivr.flow.questions import ANSWER_KINDS
from ivr.yamlfile.source import Mapping
from ivr.yamlfile.suggest import did_you_mean

from ._line_names import place_of_value, undefined
from ._questions import AnswerFields, answers, fields_at, with_item
from ._rule import Parts, Rule
from ._types import KindsOfValues, kinds_of_values
from ._values import is_value_by_name, names_set, readable_in


def check(flow: Flow, parts: Parts) -> Iterator[Problem]:
    """Check the desks that steps connect to, and those whose hours a flow reads."""
    if parts.line is None:
        return
    desks = parts.line.desks
    by_variable, names = answers(flow, parts), names_set(flow)
    for step in flow.written_steps():
        wanted = step.desk()
        path, place = wanted.path(desks), wanted.place or step.place_of(step.kind)
        if len(path) == 1 and path[0] not in readable_in(step, names):
            yield _problem(wanted.name, place, desks)
        elif path:
            yield from _value(
                path, place, kinds_of_values(flow, parts, by_variable), with_item(step, by_variable), desks
            )
    for path, place, _ in paths_read([flow.globals, *flow.written_steps()]):
        if is_value_by_name(path, "desks") and path[1] not in desks:
            yield _problem(path[1], place, desks)


def check_desks(line: Hotline, node: Mapping) -> Iterator[Problem]:
    """Check the desks that `line.yaml` refers to."""
    references = [Reference(line.desk, place_of_value(node, "desk"))]
    references += [segment.desk for segment in line.segments.values() if segment.desk]
    references += [desk for at in line.desks.values() for desk in at.overflow]
    yield from undefined(references, line.desks, RULE.id, "desk", "desks")


def _value(
    path: Path, place: Place, kinds: KindsOfValues, by_variable: AnswerFields, desks: Iterable[str]
) -> Iterator[Problem]:
    """Check a value that names a desk: texts of the flow must be desks, fields of answers must be declared as such."""
    for text in kinds.texts_of(path):
        if text not in desks:
            yield _problem(text, place, desks)
    for field in fields_at(path, by_variable).fields:
        if field.words != ANSWER_KINDS[DESK].words:
            message = f'"{".".join(path)}" need not be a desk: it is declared as {field.words}.'
            yield Problem(place, RULE.id, message, f'In lookups.yaml declare it as in "{path[-1]}: {DESK}".')


def _problem(desk: str, place: Place, desks: Iterable[str]) -> Problem:
    cure = did_you_mean(desk, desks) or f"The desks are {', '.join(desks)}."
    return Problem(place, RULE.id, f'"{desk}" is no desk of line.yaml.', cure)


DESK = "desk"
"""The kind of an answer's field that names a desk."""

RULE = Rule("unknown-desk", "A referenced desk is not defined in line.yaml.", flow=check, line=check_desks)
