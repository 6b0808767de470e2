"""Check that every target is a step of the flow, or a flow."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.diagnostics.problem import Problem
from ivr.flow.model import RETURN, Flow, Target
from ivr.flow.parts_within import within
from ivr.yamlfile.suggest import did_you_mean

from ._rule import Parts, Rule


def check(flow: Flow, parts: Parts) -> Iterator[Problem]:
    """Check every target, and the flow's start."""
    own = {*flow.steps, *flow.unread}
    top = [Target(flow.start, flow.place_of("start"))]
    if "main_menu" in flow.places:
        top.append(Target(flow.main_menu, flow.place_of("main_menu")))
    for target in [*top, *within([flow.globals, *flow.written_steps()], Target)]:
        if target.name not in own | parts.names | {RETURN}:
            names = [name for name in own if "." not in name]
            near = did_you_mean(target.name, [*names, *parts.names])
            cure = near or f'Add a step "{target.name}", or lead somewhere else.'
            message = f'"{target.name}" is no step of this flow and no flow.'
            yield Problem(target.place, RULE.id, message, cure)
    for target in top:
        if target.name in (parts.names | {RETURN}) - own:
            message = f'"{target.name}" is no step of this flow.'
            yield Problem(target.place, RULE.id, message, "Name a step of this file.")


RULE = Rule("unknown-step", "A target is no step of this flow and no flow.", flow=check)
