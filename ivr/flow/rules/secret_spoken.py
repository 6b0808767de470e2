"""Check that no secret is spoken or returned to the calling flow."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.diagnostics.problem import Problem
from ivr.flow.model import Flow

from ._rule import Parts, Rule
from ._values import names_set, paths_read, secrets_of


def check(flow: Flow, parts: Parts) -> Iterator[Problem]:
    """Check every text, and the values that the flow returns."""
    del parts
    secrets = secrets_of(flow)
    for path, place, spoken in paths_read([*flow.written_steps(), flow.globals]):
        if spoken and path[0] in secrets:
            message = f'"{path[0]}" is secret and cannot be spoken.'
            cure = "Speak a value that the bank returns for it, such as {card.tail|card_tail}, or nothing."
            yield Problem(place, RULE.id, message, cure)
    for name in flow.returns:
        if name in secrets & names_set(flow):
            message = f'"{name}" is secret and cannot be returned.'
            cure = "Use it in this flow, and return the result instead."
            yield Problem(flow.place_of("returns"), RULE.id, message, cure)


RULE = Rule("secret-spoken", "A value that was collected as a secret is spoken or returned.", flow=check, whole=True)
