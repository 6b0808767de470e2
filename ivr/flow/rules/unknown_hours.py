"""Check that all referenced opening hours are defined in `line.yaml`."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.diagnostics.problem import Problem
from ivr.flow.model import ALWAYS, Flow, Hotline, Reference
from ivr.flow.paths_read import paths_read
from ivr.yamlfile.source import Mapping

from ._line_names import undefined
from ._rule import Parts, Rule
from ._values import is_value_by_name


def check(line: Hotline, node: Mapping) -> Iterator[Problem]:
    """Check the hours of called numbers and desks."""
    del node
    named = [number.hours for number in line.numbers.values()] + [desk.hours for desk in line.desks.values()]
    yield from undefined(named, (*line.hours, ALWAYS), RULE.id, "opening hours", "hours")


def check_read_hours(flow: Flow, parts: Parts) -> Iterator[Problem]:
    """Check the hours that texts and conditions name."""
    if parts.line is None:
        return
    read = paths_read([flow.globals, *flow.written_steps()])
    named = [Reference(path[1], place) for path, place, _ in read if is_value_by_name(path, "hours")]
    yield from undefined(named, parts.line.hours, RULE.id, "opening hours", "hours")


RULE = Rule(
    "unknown-hours", "Referenced opening hours are not defined in line.yaml.", line=check, flow=check_read_hours
)
