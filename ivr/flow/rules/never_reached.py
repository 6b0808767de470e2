"""Check that no segment follows one that matches all callers."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.diagnostics.problem import Problem
from ivr.flow.model import Hotline
from ivr.yamlfile.source import Mapping

from ._line_names import place_of_key
from ._rule import Rule


def check(line: Hotline, node: Mapping) -> Iterator[Problem]:
    """Check the order of segments; those that a called number names are reached by it."""
    by_number = {number.segment.name for number in line.numbers.values() if number.segment}
    everyone = ""
    for name, segment in line.segments.items():
        if everyone and name not in by_number:
            message = f'No caller belongs to "{name}": "{everyone}", which comes before it, takes all callers.'
            cure = f'Give "{everyone}" a "when", or put it last.'
            yield Problem(place_of_key(node, "segments", name), RULE.id, message, cure)
        if segment.when is None:
            # A segment that a called number names has no condition because the number is its condition.
            everyone = everyone or (name if name not in by_number else "")


RULE = Rule(
    "never-reached",
    "A way or segment without a condition stands before others, which are never taken.",
    line=check,
)
