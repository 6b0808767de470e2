"""Check that head starts are set for existing priorities only."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.diagnostics.problem import Problem
from ivr.flow.model import Hotline
from ivr.yamlfile.source import Mapping
from ivr.yamlfile.suggest import did_you_mean

from ._rule import Rule


def check(line: Hotline, node: Mapping) -> Iterator[Problem]:
    """Check the head starts of the queue."""
    priorities = line.classes.priorities
    queue = node.get("queue")
    head_starts = queue.get("head_starts") if isinstance(queue, Mapping) else None
    for key, _ in head_starts.entries if isinstance(head_starts, Mapping) else ():
        if key.text not in priorities:
            cure = did_you_mean(key.text, priorities) or f"There are {', '.join(priorities)}."
            yield Problem(key.place, RULE.id, f'There is no priority "{key.text}".', cure)


RULE = Rule("unknown-priority", "A priority does not exist.", line=check)
