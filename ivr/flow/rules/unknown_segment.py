"""Check that every referenced segment is defined in `line.yaml`."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.diagnostics.problem import Problem
from ivr.flow.model import Hotline
from ivr.yamlfile.source import Mapping

from ._line_names import undefined
from ._rule import Rule


def check(line: Hotline, node: Mapping) -> Iterator[Problem]:
    """Check the segments of called numbers."""
    del node
    named = [number.segment for number in line.numbers.values() if number.segment]
    yield from undefined(named, line.segments, RULE.id, "segment", "segments")


RULE = Rule("unknown-segment", "A referenced segment is not defined in line.yaml.", line=check)
