"""Check that spoken texts hold no bare figures, which voices read differently; use words, or a value with a kind."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ivr.diagnostics.problem import Problem
from ivr.flow.model import Flow, within
from ivr.flow.text import Template, Text

from ._rule import Parts, Rule

_FIGURES = re.compile(r"\d+(?:[.,:/-]\d+)+|\d{3,}|\d+ ?[%‰]")
"""One or two digits are allowed: they are keys and small counts, which every voice reads correctly."""


def check(flow: Flow, parts: Parts) -> Iterator[Problem]:
    """Check every text except text messages, which are not spoken."""
    del parts
    spoken = [step for step in flow.written_steps() if step.speaks]
    for text in within([flow.globals, *spoken], Text):
        for template in text.by_language.values():
            yield from _in(template)


def _in(template: Template) -> Iterator[Problem]:
    for part in template.parts:
        for figures in _FIGURES.finditer(part) if isinstance(part, str) else ():
            message = f'"{figures[0]}" is written in figures, which voices read differently.'
            cure = "Write it in words, such as 九五五八零, or as a value with a kind, such as {call.number|phone}."
            yield Problem(template.place, RULE.id, message, cure, "warning")


RULE = Rule(
    "bare-number", "A number in a spoken text is written in figures, which voices misread (warning).", flow=check
)
