"""Check that no secret is spoken or returned to the calling flow."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.diagnostics.problem import Problem
from ivr.flow.model import Flow
from ivr.flow.parts_within import within
from ivr.flow.text import Template

from ._rule import Parts, Rule
from ._values import names_set, reads_secret, secrets_of

_CARD, _TAIL = "pan", "card_tail"


def check(flow: Flow, parts: Parts) -> Iterator[Problem]:
    """Check every text, and the values that the flow returns. Only the last four of a card may be spoken."""
    secrets = secrets_of(flow, parts)
    for template in within([*flow.written_steps(), flow.globals], Template):
        for slot in template.slots():
            # PCI DSS 3.4 lets the last four of a card be shown; of a PIN or code there is no part that could be said.
            if not reads_secret(slot.path, secrets) or (secrets[slot.path[0]] == _CARD and slot.kind == _TAIL):
                continue
            name = slot.path[0]
            message = f'"{name}" is secret and cannot be spoken.'
            cure = "Speak a value that the bank returns for it, such as {card.tail|card_tail}, or nothing."
            if secrets[name] == _CARD:
                cure = f"Of a card only the last four may be spoken: {{{name}|{_TAIL}}}."
            yield Problem(slot.place or template.place, RULE.id, message, cure)
    for name in flow.returns:
        if name in secrets and name in names_set(flow):
            message = f'"{name}" is secret and cannot be returned.'
            cure = "Use it in this flow, and return the result instead."
            yield Problem(flow.place_of("returns"), RULE.id, message, cure)


RULE = Rule("secret-spoken", "A value that was collected as a secret is spoken or returned.", flow=check, whole=True)
