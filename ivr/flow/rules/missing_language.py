"""A flow that speaks several languages has every text in each of them."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.diagnostics.problem import Problem
from ivr.flow.model import Flow, within
from ivr.flow.text import Text

from ._rule import Parts, Rule


def check(flow: Flow, parts: Parts) -> Iterator[Problem]:
    """Check every text of a flow with more than one language."""
    del parts
    for text in within([flow.globals, *flow.written_steps()], Text) if len(flow.languages) > 1 else ():
        missing = " and ".join(tag for tag in flow.languages if tag not in text.by_language)
        if missing:
            message = f"This text is missing in {missing}, which the flow speaks elsewhere."
            yield Problem(text.place, RULE.id, message, f"Add a line for {missing}.")


RULE = Rule("missing-language", "A text is missing in a language that the flow speaks.", flow=check)
