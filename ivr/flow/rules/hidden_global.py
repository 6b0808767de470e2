"""A choice without a key of its own takes no key that works everywhere in the flow.

The count does not skip such a key: one more global key in a flow would then move the later choices of every menu.
"""

from __future__ import annotations

from collections.abc import Iterator

from ivr.diagnostics.problem import Problem
from ivr.flow.model import Choice, Flow

from ._rule import Parts, Rule


def check(flow: Flow, parts: Parts) -> Iterator[Problem]:
    """Compare the keys that are counted with the keys of the flow's globals."""
    del parts
    everywhere = {choice.key: choice for choice in flow.globals if choice.key}
    for step in flow.written_steps():
        for choice in step.own_choices():
            hidden = everywhere.get(choice.key) if choice.counted else None
            if hidden and _aim(hidden) != _aim(choice):
                message = f"Key {choice.key}, which this choice gets by counting, has another meaning in this flow."
                cure = f'Write "key: {choice.key!r}" if it is to mean this here, or give it another key.'.replace(
                    "'", '"'
                )
                related = ((hidden.place, "what it means everywhere else"),)
                yield Problem(choice.place, RULE.id, message, cure, "warning", related)


def _aim(choice: Choice) -> tuple[str, str]:
    return choice.goto.name if choice.goto else "", choice.do


RULE = Rule("hidden-global", "A choice without a key is counted to a key that works everywhere (warning).", flow=check)
