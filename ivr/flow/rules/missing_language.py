"""Check that a flow in several languages has every text in each of them, announcements that it speaks included."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.diagnostics.problem import Problem
from ivr.flow.model import Flow
from ivr.flow.text import Text

from ._languages import untranslated
from ._rule import Parts, Rule


def check(flow: Flow, parts: Parts) -> Iterator[Problem]:
    """Check every text of a flow with more than one language."""
    del parts
    for text, missing in untranslated(flow, Text):
        message = f"This text is missing in {missing}, which the flow speaks elsewhere."
        yield Problem(text.place, RULE.id, message, f"Add a line for {missing}.")


def check_presets(parts: Parts) -> Iterator[Problem]:
    """Check that a prepared announcement has every language of the flows that speak it."""
    for slot, presets in parts.line.announcements.items() if parts.line is not None else ():
        speaking = [
            flow for flow in parts.flows.values() if any(step.announcement() == slot for step in flow.written_steps())
        ]
        for text in presets.values():
            missing = {tag: flow.name for flow in speaking for tag in flow.languages if tag not in text.by_language}
            if missing:
                flows = ", ".join(dict.fromkeys(missing.values()))
                message = f"This announcement is missing in {' and '.join(missing)}, which {flows} speaks."
                yield Problem(text.place, RULE.id, message, f"Add a line for {' and '.join(missing)}.")


RULE = Rule(
    "missing-language", "A text is missing in a language that the flow speaks.", flow=check, parts=check_presets
)
