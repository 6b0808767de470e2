"""Check that every referenced desk is defined in `line.yaml`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ivr.diagnostics.problem import Place, Problem
from ivr.flow.model import OWN_DESK, Flow, Hotline, Reference
from ivr.yamlfile.source import Mapping
from ivr.yamlfile.suggest import did_you_mean

from ._line_names import place_of_value, undefined
from ._rule import Parts, Rule
from ._values import is_value_of_desk, paths_read


def check(flow: Flow, parts: Parts) -> Iterator[Problem]:
    """Check the desks that steps connect to, and those whose hours a flow reads."""
    if parts.line is None:
        return
    desks = parts.line.desks
    for step in flow.written_steps():
        desk = step.desk()
        if desk and desk not in (*desks, OWN_DESK):
            yield _problem(desk, step.place_of(step.kind), desks)
    for path, place, _ in paths_read([flow.globals, *flow.written_steps()]):
        if is_value_of_desk(path) and path[1] not in desks:
            yield _problem(path[1], place, desks)


def check_desks(line: Hotline, node: Mapping) -> Iterator[Problem]:
    """Check the desks that `line.yaml` refers to."""
    references = [Reference(line.desk, place_of_value(node, "desk"))]
    references += [segment.desk for segment in line.segments.values() if segment.desk]
    references += [desk for at in line.desks.values() for desk in at.overflow]
    yield from undefined(references, line.desks, RULE.id, "desk", "desks")


def _problem(desk: str, place: Place, desks: Iterable[str]) -> Problem:
    cure = did_you_mean(desk, desks) or f"The desks are {', '.join(desks)}."
    return Problem(place, RULE.id, f'"{desk}" is no desk of line.yaml.', cure)


RULE = Rule("unknown-desk", "A referenced desk is not defined in line.yaml.", flow=check, line=check_desks)
