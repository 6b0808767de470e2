"""Check that `line.yaml` has a default flow for numbers without an entry."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.diagnostics.problem import Problem
from ivr.flow.model import Hotline
from ivr.yamlfile.source import Mapping

from ._line_names import place_of_value
from ._rule import Rule


def check(line: Hotline, node: Mapping) -> Iterator[Problem]:
    """Check for an entry `default`."""
    if "default" not in line.numbers:
        cure = 'Add "default:" with a flow, as in: default: main_menu'
        yield Problem(place_of_value(node, "lines"), RULE.id, '"lines" has no "default".', cure)


RULE = Rule("no-default-line", "line.yaml names no flow for numbers that it does not list.", line=check)
