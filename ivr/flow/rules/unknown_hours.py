"""Check that all referenced opening hours are defined in `line.yaml`."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.diagnostics.problem import Problem
from ivr.flow.model import ALWAYS, Hotline
from ivr.yamlfile.source import Mapping

from ._line_names import undefined
from ._rule import Rule


def check(line: Hotline, node: Mapping) -> Iterator[Problem]:
    """Check the hours of called numbers and desks."""
    del node
    named = [number.hours for number in line.numbers.values()] + [desk.hours for desk in line.desks.values()]
    yield from undefined(named, (*line.hours, ALWAYS), RULE.id, "opening hours", "hours")


RULE = Rule("unknown-hours", "Referenced opening hours are not defined in line.yaml.", line=check)
