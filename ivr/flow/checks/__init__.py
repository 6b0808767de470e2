"""What must hold between the parts of flows that are each well written: targets, ways out, values, languages."""

from __future__ import annotations

from collections.abc import Mapping

from ...problem import Problem
from ..model import Flow, Line
from . import between, languages, numbers, proofs, targets, values, ways


def check_flow(flow: Flow, flows: frozenset[str], line: Line | None) -> list[Problem]:
    """Return what is wrong inside one flow. `flows` are the names of all flows there are."""
    found = [*targets.check(flow, flows, line), *languages.check(flow), *numbers.check(flow)]
    if not flow.unread:  # a step that can't be read may set any value and lead anywhere
        found += values.check(flow, line)
        if not any(problem.rule in ("unknown-step", "no-agent") for problem in found):
            found += ways.check(flow, line)
    return found


def check_release(flows: Mapping[str, Flow], names: frozenset[str], line: Line | None) -> list[Problem]:
    """Return what is wrong between flows. `names` are those of all flows, be they readable or not."""
    return [*between.check(flows, names, line), *proofs.check(flows)]
