"""Check that `line.yaml` allows numbers where a step dials one that a value holds."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.diagnostics.problem import Problem
from ivr.flow.model import Flow

from ._rule import Parts, Rule


def check(flow: Flow, parts: Parts) -> Iterator[Problem]:
    """Report steps that could never dial: without `dial_out` no number of a value is allowed."""
    if parts.line is None or parts.line.dial_out:
        return
    for step in flow.written_steps():
        if (number := step.dialled_number()) is not None:
            message = f'No number may be dialled that "{number.text}" holds.'
            cure = 'Allow its beginning in line.yaml, as in: dial_out: ["+8610", "+8613"]'
            yield Problem(number.place, RULE.id, message, cure)


RULE = Rule("no-dial-out", "A step dials the number of a value, and line.yaml allows none.", flow=check)
