"""Every target is there, and key 0 is a person everywhere."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.diagnostics.problem import Problem
from ivr.flow.model import OWN_DESK, RETURN, Choice, Flow, Hotline, Target, within
from ivr.yamlfile.suggest import did_you_mean


def check(flow: Flow, flows: frozenset[str], line: Hotline | None) -> Iterator[Problem]:
    """Check targets, the way to a person, key 0, desks, announcements, and what steps say of their own keys."""
    yield from _targets(flow, flows)
    yield from _agent(flow, flows)
    yield from _zero_key(flow)
    yield from _faults(flow)
    if line is not None:
        yield from _desks(flow, line)
        yield from _announcements(flow, line)


def _targets(flow: Flow, flows: frozenset[str]) -> Iterator[Problem]:
    own = {*flow.steps, *flow.unread}
    top = [Target(flow.start, flow.place_of("start"))]
    if "main_menu" in flow.places:
        top.append(Target(flow.main_menu, flow.place_of("main_menu")))
    for target in [*top, *within([flow.globals, *flow.written_steps()], Target)]:
        if target.name not in own | flows | {RETURN}:
            names = [name for name in own if "." not in name]
            cure = did_you_mean(target.name, [*names, *flows]) or f'Add a step "{target.name}", or lead somewhere else.'
            message = f'"{target.name}" is no step of this flow and no flow.'
            yield Problem(target.place, "unknown-step", message, cure)
    for target in top:
        if target.name in (flows | {RETURN}) - own:
            message = f'"{target.name}" is no step of this flow.'
            yield Problem(target.place, "unknown-step", message, "Name a step of this file.")


def _agent(flow: Flow, flows: frozenset[str]) -> Iterator[Problem]:
    if flow.agent in flow.steps or flow.agent in flow.unread or flow.agent in flows:
        return
    if "agent" in flow.places:
        message = f'"{flow.agent}", which brings callers to a person, is no step of this flow and no flow.'
        cure = did_you_mean(flow.agent, [*flow.steps, *flows]) or f'Add a step "{flow.agent}" that transfers.'
    else:
        message = 'Callers have no way to a person: there is no step "agent".'
        cure = 'Add a step "agent" that transfers, or name another step or flow with "agent:" at the top.'
    yield Problem(flow.place_of("agent"), "no-agent", message, cure)


def _zero_key(flow: Flow) -> Iterator[Problem]:
    """Key 0 is a person everywhere (ETSI ETR 096, ISO/IEC 13714); nothing else may take it."""
    for choice in within([flow.globals, *flow.written_steps()], Choice):
        if choice.key == "0" and not (choice.goto and choice.goto.name == flow.agent):
            message = "Key 0 must lead to a person everywhere; callers rely on it."
            cure = f'Give this choice another key, or write "goto: {flow.agent}".'
            yield Problem(choice.place, "zero-is-a-person", message, cure)


def _faults(flow: Flow) -> Iterator[Problem]:
    for step in flow.steps.values():
        for key, message, cure in step.faults():
            yield Problem(step.place_of(key), "keys-disagree", message, cure)


def _desks(flow: Flow, line: Hotline) -> Iterator[Problem]:
    for step in flow.written_steps():
        desk = step.desk()
        if desk and desk not in (*line.desks, OWN_DESK):
            cure = did_you_mean(desk, line.desks) or f"The desks are {', '.join(line.desks)}."
            message = f'"{desk}" is no desk of line.yaml.'
            yield Problem(step.place_of(step.kind), "unknown-desk", message, cure)


def _announcements(flow: Flow, line: Hotline) -> Iterator[Problem]:
    for step in flow.written_steps():
        slot = step.announcement()
        if slot and slot not in line.announcements:
            listed = f"The announcements are {', '.join(line.announcements)}." if line.announcements else ""
            cure = did_you_mean(slot, line.announcements) or listed or f'Add "announcements: {{{slot}: {{}}}}" there.'
            message = f'"{slot}" is no announcement of line.yaml.'
            yield Problem(step.place_of(step.kind), "unknown-announcement", message, cure)
