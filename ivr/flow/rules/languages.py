"""A flow that speaks several languages has every text in each of them, and no phrase means two things."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from ivr.diagnostics.problem import Problem
from ivr.flow.model import Choice, Flow, Phrases, within
from ivr.flow.text import Text


def check(flow: Flow) -> Iterator[Problem]:
    """Check texts and phrases."""
    if len(flow.languages) > 1:
        yield from _missing(flow)
    else:
        yield from _nothing_to_switch_to(flow)
    for choices in [flow.globals, *(step.own_choices() for step in flow.written_steps())]:
        yield from _repeated(choices)


def _missing(flow: Flow) -> Iterator[Problem]:
    for text in within([flow.globals, *flow.written_steps()], (Text, Phrases)):
        missing = " and ".join(tag for tag in flow.languages if tag not in text.by_language)
        if missing and isinstance(text, Text):
            message = f"This text is missing in {missing}, which the flow speaks elsewhere."
            yield Problem(text.place, "missing-language", message, f"Add a line for {missing}.")
        elif missing:
            cure = f"Add phrases for {missing}, or callers of that language can only press the key."
            message = f"There is nothing to say for this choice in {missing}."
            yield Problem(text.place, "missing-phrases", message, cure, "warning")


def _nothing_to_switch_to(flow: Flow) -> Iterator[Problem]:
    for choice in within([flow.globals, *flow.written_steps()], Choice):
        if choice.do == "language":
            message = f"The flow speaks {flow.languages[0]} only, so there is no language to switch to."
            yield Problem(choice.place, "one-language", message, "Write the texts in two languages, or delete this.")


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
                yield Problem(place, "repeated-phrase", message, "Keep it at one of them.", "warning", related)
