"""Check that a choice that switches the language is in a flow with several languages."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.diagnostics.problem import Problem
from ivr.flow.model import Choice, Flow
from ivr.flow.parts_within import within

from ._rule import Parts, Rule


def check(flow: Flow, parts: Parts) -> Iterator[Problem]:
    """Check the choices of a flow with one language."""
    del parts
    for choice in within([flow.globals, *flow.written_steps()], Choice) if len(flow.languages) == 1 else ():
        if choice.do == "language":
            message = f"The flow speaks {flow.languages[0]} only, so there is no language to switch to."
            yield Problem(choice.place, RULE.id, message, "Write the texts in two languages, or delete this.")


RULE = Rule("one-language", "A choice switches the language, but the flow speaks only one.", flow=check)
