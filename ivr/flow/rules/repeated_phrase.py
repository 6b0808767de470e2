"""Check that no phrase belongs to two choices of one menu."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from ivr.diagnostics.problem import Problem
from ivr.flow.model import Choice, Flow

from ._rule import Parts, Rule


def check(flow: Flow, parts: Parts) -> Iterator[Problem]:
    """Check the flow's global choices, and those of each step."""
    del parts
    for choices in [flow.globals, *(step.own_choices() for step in flow.written_steps())]:
        yield from _repeated(choices)


def _repeated(choices: tuple[Choice, ...]) -> Iterator[Problem]:
    seen: dict[tuple[str, str], Choice] = {}
    for choice in choices:
        for tag, phrases in choice.phrases.by_language.items() if choice.phrases else ():
            for phrase in dict.fromkeys(phrases):
                first = seen.setdefault((tag, unicodedata.normalize("NFKC", phrase).casefold().strip()), choice)
                if first is choice or (first.when and choice.when):
                    continue
                message = f'"{phrase}" is said for two choices, here and in line {first.place.line}.'
                related = ((first.place, "the first"),)
                assert choice.phrases is not None  # noqa: S101
                place = choice.phrases.place
                yield Problem(place, RULE.id, message, "Keep it at one of them.", "warning", related)


RULE = Rule("repeated-phrase", "One phrase is said for two choices (warning).", flow=check)
