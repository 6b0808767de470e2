"""Check that `line.yaml` promises nothing beyond `bound`, after which callers are served in the order of arrival."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.diagnostics.problem import Place, Problem
from ivr.flow.model import Hotline
from ivr.yamlfile.source import Mapping

from ._line_names import place_within
from ._rule import Rule


def check(line: Hotline, node: Mapping) -> Iterator[Problem]:
    """Check the head starts and `overflow_after` against the bound."""
    bound = line.waiting.bound
    for priority, ahead in line.waiting.head_starts.items():
        # Priorities that go before all, such as fraud, are past the bound at once, so that it cuts nothing of theirs.
        if ahead > bound and priority not in line.waiting.preempting:
            place = _place(node, priority)
            message = f"Nobody is overtaken after {bound:g}s (bound), but the head start of {priority} is {ahead:g}s."
            cure = f"Write {priority}: {bound:g}s or less, or set a bound of at least {ahead:g}s."
            yield Problem(place, RULE.id, message, cure)
    for desk in line.desks.values():
        if desk.overflow_after > bound:
            message = f"Callers get agents of every desk that serves them after {bound:g}s (bound), not after "
            cure = f"Write overflow_after: {bound:g}s or less, or set a bound of at least {desk.overflow_after:g}s."
            place = place_within(node, "desks", desk.name, "overflow_after")
            yield Problem(place, RULE.id, f"{message}{desk.overflow_after:g}s.", cure)


def _place(node: Mapping, priority: str) -> Place:
    """Return where a head start is written; where it is a default, the place of the bound."""
    for keys in (("queue", "head_starts"), ("priorities",)):
        if (place := place_within(node, *keys, priority)) not in (place_within(node, *keys), node.place):
            return place
    return place_within(node, "queue", "bound")


RULE = Rule("beyond-bound", "A head start or overflow_after is longer than bound, which ends it.", line=check)
