"""Check that every flow has an agent step."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.diagnostics.problem import Problem
from ivr.flow.model import Flow
from ivr.yamlfile.suggest import did_you_mean

from ._rule import Parts, Rule


def check(flow: Flow, parts: Parts) -> Iterator[Problem]:
    """Check that the flow's `agent` step exists."""
    if flow.agent in flow.steps or flow.agent in flow.unread or flow.agent in parts.names:
        return
    if "agent" in flow.places:
        message = f'"{flow.agent}", which brings callers to a person, is no step of this flow and no flow.'
        cure = did_you_mean(flow.agent, [*flow.steps, *parts.names]) or f'Add a step "{flow.agent}" that transfers.'
    else:
        message = 'Callers have no way to a person: there is no step "agent".'
        cure = 'Add a step "agent" that transfers, or name another step or flow with "agent:" at the top.'
    yield Problem(flow.place_of("agent"), RULE.id, message, cure)


RULE = Rule("no-agent", "The flow has no step that brings callers to a person.", flow=check)
