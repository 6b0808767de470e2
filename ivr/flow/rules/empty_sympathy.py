"""Check that words of sympathy are followed by an action with a time."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.diagnostics.problem import Problem
from ivr.flow.model import Flow

from ._rule import Parts, Rule, RuleManual
from ._texts import prompts
from .vague_time import tells_time

_WORDS = ("理解您的感受", "理解您的心情", "认真处理", "認真處理", "understand how you feel", "take this seriously")


def check(flow: Flow, parts: Parts) -> Iterator[Problem]:
    """Check the texts that express sympathy."""
    for text in prompts(flow, parts):
        word = next((word for word in _WORDS if word in text.folded), "")
        if word and not tells_time(text.words, text):
            message = f'"{word}" is followed by no action with a time.'
            cure = "Say in the same text what will be done, and by when."
            chinese = (f"「{word}」之后没有说怎么办、何时办。", "同一段里说明做什么、多久之内。")
            yield Problem(text.place, RULE.id, message, cure, "warning", chinese=chinese)


RULE = Rule(
    "empty-sympathy",
    "Words of sympathy are followed by no action with a time (warning).",
    flow=check,
    at_load=False,
    manual=RuleManual(
        why="Sympathy without an action sounds like a brush-off.",
        chinese="只说「理解」，不说怎么办，听起来像敷衍。",
        wrong="""\
steps:
  hello:
    say: 我理解您的感受。  # here
    next: bye
""",
        right="""\
steps:
  hello:
    say: 我理解您的感受，24小时内有专人给您答复。
    next: bye
""",
        source="service language of bank hotlines: 我理解您的感受",
    ),
)
