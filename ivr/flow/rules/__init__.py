"""What must hold between the parts of flows that are each well written: targets, ways out, values, languages."""

from __future__ import annotations

from collections.abc import Mapping

from ivr.diagnostics.problem import Problem
from ivr.flow.model import Flow, Hotline

from . import auth_levels, cross_flow, figures, languages, reachability, targets, values


def check_flow(flow: Flow, flows: frozenset[str], line: Hotline | None) -> list[Problem]:
    """Return what is wrong inside one flow. `flows` are the names of all flows there are."""
    found = [*targets.check(flow, flows, line), *languages.check(flow), *figures.check(flow)]
    if not flow.unread:  # a step that can't be read may set any value and lead anywhere
        found += values.check(flow, line)
        if not any(problem.rule in ("unknown-step", "no-agent") for problem in found):
            found += reachability.check(flow, line)
    return found


def check_release(flows: Mapping[str, Flow], names: frozenset[str], line: Hotline | None) -> list[Problem]:
    """Return what is wrong between flows. `names` are those of all flows, be they readable or not."""
    return [*cross_flow.check(flows, names, line), *auth_levels.check(flows)]
