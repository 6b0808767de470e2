"""Check that no text is empty: callers would hear silence."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.diagnostics.problem import Problem
from ivr.flow.model import Flow

from ._rule import Parts, Rule, RuleManual
from ._texts import SPOKEN_VALUE, spoken_texts


def check(flow: Flow, parts: Parts) -> Iterator[Problem]:
    """Check every text in every language."""
    for text in spoken_texts(flow, parts):
        if (
            not any(sign.isalnum() or sign == SPOKEN_VALUE for sign in text.words)
            and "texts" not in text.template.names
        ):
            message, cure = "This text has no words, so callers hear silence.", "Write what callers hear, or delete it."
            chinese = ("这里没有文字，客户只听到静音。", "写上客户要听的话，或者删去。")
            yield Problem(text.place, RULE.id, message, cure, chinese=chinese)


RULE = Rule(
    "empty-text",
    "A text that callers hear has no words.",
    flow=check,
    at_load=False,
    manual=RuleManual(
        why="Callers who hear nothing think that the call is broken, and hang up.",
        chinese="听不到声音，客户以为电话断了。",
        wrong="""\
steps:
  hello:
    say: "。"  # here
    next: bye
""",
        right="""\
steps:
  hello:
    say: 您好。
    next: bye
""",
        source="EN 301 549, 6.4: every prompt has a text",
    ),
)
