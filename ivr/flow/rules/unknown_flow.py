"""Check that every flow referenced by a called number or a step exists."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.diagnostics.problem import Place, Problem
from ivr.yamlfile.suggest import did_you_mean

from ._rule import Parts, Rule
from ._walks import nested_flows


def check(parts: Parts) -> Iterator[Problem]:
    """Check the flows of called numbers, and those that steps run."""
    for number in parts.line.numbers.values() if parts.line is not None else ():
        yield from _flow(number.flow.name, number.flow.place, parts.names)
    for flow in parts.flows.values():
        for step, nested in nested_flows(flow):
            yield from _flow(nested.name, step.place_of(step.kind), parts.names)


def _flow(name: str, place: Place, names: frozenset[str]) -> Iterator[Problem]:
    if name not in names:
        cure = did_you_mean(name, names) or f"The flows are {', '.join(sorted(names))}."
        yield Problem(place, RULE.id, f'"{name}" is no flow.', cure)


RULE = Rule("unknown-flow", "A referenced flow does not exist.", parts=check)
