"""Check that every referenced announcement is defined in `line.yaml`."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.diagnostics.problem import Problem
from ivr.flow.model import Flow
from ivr.yamlfile.suggest import did_you_mean

from ._rule import Parts, Rule


def check(flow: Flow, parts: Parts) -> Iterator[Problem]:
    """Check the announcements that steps speak."""
    if parts.line is None:
        return
    slots = parts.line.announcements
    for step in flow.written_steps():
        slot = step.announcement()
        if slot and slot not in slots:
            listed = f"The announcements are {', '.join(slots)}." if slots else ""
            cure = did_you_mean(slot, slots) or listed or f'Add "announcements: {{{slot}: {{}}}}" there.'
            message = f'"{slot}" is no announcement of line.yaml.'
            yield Problem(step.place_of(step.kind), RULE.id, message, cure)


RULE = Rule("unknown-announcement", "A referenced announcement is not defined in line.yaml.", flow=check)
