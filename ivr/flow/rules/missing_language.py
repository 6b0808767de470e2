"""Check that a flow in several languages has every text in each of them."""

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


RULE = Rule("missing-language", "A text is missing in a language that the flow speaks.", flow=check)
