"""Check that every figure in a spoken text can be read aloud in one way only."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.diagnostics.problem import Problem
from ivr.flow.model import Flow
from ivr.flow.parts_within import within
from ivr.flow.text import Template, Text

from ._rule import Parts, Rule


def check_flow(flow: Flow, parts: Parts) -> Iterator[Problem]:
    """Check every text except text messages, which are not spoken."""
    spoken = [step for step in flow.written_steps() if step.speaks]
    for text in within([flow.globals, *spoken], Text):
        yield from _in(text, parts)


def check_announcements(parts: Parts) -> Iterator[Problem]:
    """Check the prepared announcements of line.yaml."""
    for presets in parts.line.announcements.values() if parts.line is not None else ():
        for text in presets.values():
            yield from _in(text, parts)


def _in(text: Text, parts: Parts) -> Iterator[Problem]:
    for language, template in text.by_language.items():
        yield from _in_template(template, language, parts)


def _in_template(template: Template, language: str, parts: Parts) -> Iterator[Problem]:
    for part in template.parts:
        for figure, cure in parts.unclear_numbers(part, language) if isinstance(part, str) else ():
            message = f'"{figure}" can be read aloud in several ways.'
            yield Problem(template.place, RULE.id, message, f"{cure}.", "warning")


RULE = Rule(
    "bare-number",
    "A figure in a spoken text can be read aloud in several ways (warning).",
    flow=check_flow,
    parts=check_announcements,
)
