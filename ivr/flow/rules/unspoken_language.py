"""Check that calls to a number begin in a language of its flow."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.diagnostics.problem import Problem

from ._rule import Parts, Rule


def check(parts: Parts) -> Iterator[Problem]:
    """Check the language of each called number."""
    for number in parts.line.numbers.values() if parts.line is not None else ():
        flow, wanted = parts.flows.get(number.flow.name), number.language
        if flow is not None and wanted is not None and wanted.name not in flow.languages:
            message = f'"{flow.name}" does not speak {wanted.name}.'
            spoken = " and ".join(flow.languages)
            cure = f"Write its texts in {wanted.name}, too, or choose what it speaks: {spoken}."
            yield Problem(wanted.place, RULE.id, message, cure)


RULE = Rule("unspoken-language", "The calls to a number begin in a language that its flow does not speak.", parts=check)
