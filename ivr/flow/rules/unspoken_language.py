"""Check that calls to a number begin in a language of its flow."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.diagnostics.problem import Place, Problem
from ivr.flow.model import Choice, Flow
from ivr.flow.parts_within import within

from ._rule import Parts, Rule


def check_choices(flow: Flow, parts: Parts) -> Iterator[Problem]:
    """Check the language that each choice switches to."""
    del parts
    for choice in within([flow.globals, *flow.written_steps()], Choice):
        if choice.to and choice.to not in flow.languages:
            yield _problem(flow, choice.to, choice.place)


def check(parts: Parts) -> Iterator[Problem]:
    """Check the language of each called number."""
    for number in parts.line.numbers.values() if parts.line is not None else ():
        flow, wanted = parts.flows.get(number.flow.name), number.language
        if flow is not None and wanted is not None and wanted.name not in flow.languages:
            yield _problem(flow, wanted.name, wanted.place)


def _problem(flow: Flow, language: str, place: Place) -> Problem:
    spoken = " and ".join(flow.languages)
    cure = f"Write its texts in {language}, too, or choose what it speaks: {spoken}."
    return Problem(place, RULE.id, f'"{flow.name}" does not speak {language}.', cure)


RULE = Rule(
    "unspoken-language",
    "Calls to a number begin in a language that its flow does not speak, or a choice switches to one.",
    flow=check_choices,
    parts=check,
)
