"""Check that a call to a number begins with a greeting."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.diagnostics.problem import Problem

from ._line_graph import first_spoken
from ._rule import Parts, Rule, RuleManual

_WORDS = ("您好", "欢迎", "歡迎", "早上好", "hello", "welcome", "good morning", "demo bank", "刚才", "剛才", "you were")


def check(parts: Parts) -> Iterator[Problem]:
    """Check what callers of each called number hear first, on every way."""
    for text in first_spoken(parts):
        if text.step is None or text.step.ends:
            continue
        if not any(word in text.folded for word in _WORDS):
            message, cure = (
                "A call begins with this, without a greeting.",
                "Begin with 您好 and the name of the service.",
            )
            chinese = ("来电听到的第一句没有问候。", "先说「您好」和服务名称。")
            yield Problem(text.place, RULE.id, message, cure, "warning", chinese=chinese)


RULE = Rule(
    "no-greeting",
    "A call begins without a greeting (warning).",
    parts=check,
    at_load=False,
    manual=RuleManual(
        why="The greeting tells callers that they have reached the right number, and who speaks.",
        chinese="问候让客户知道没有打错，是谁在接听。",
        wrong="""\
steps:
  hello:
    say: 请选择服务。  # here
    next: bye
""",
        right="""\
steps:
  hello:
    say: 您好，示范银行。
    next: bye
""",
        source="service language of bank hotlines: 您好",
    ),
)
