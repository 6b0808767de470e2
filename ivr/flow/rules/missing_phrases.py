"""Check that a flow in several languages has phrases in each of them."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.diagnostics.problem import Problem
from ivr.flow.model import Flow, Phrases

from ._languages import untranslated
from ._rule import Parts, Rule


def check(flow: Flow, parts: Parts) -> Iterator[Problem]:
    """Check the phrases of a flow with more than one language."""
    del parts
    for phrases, missing in untranslated(flow, Phrases):
        cure = f"Add phrases for {missing}, or callers of that language can only press the key."
        message = f"There is nothing to say for this choice in {missing}."
        yield Problem(phrases.place, RULE.id, message, cure, "warning")


RULE = Rule("missing-phrases", "Phrases are missing in a language that the flow speaks (warning).", flow=check)
