"""Check that the last sentence of a call says thanks or goodbye."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.diagnostics.problem import Problem
from ivr.flow.model import Flow

from ._rule import Parts, Rule, RuleManual
from ._texts import prompts

_WORDS = ("再见", "再見", "谢谢", "謝謝", "感谢", "感謝", "goodbye", "bye", "thank")


def check(flow: Flow, parts: Parts) -> Iterator[Problem]:
    """Check the texts of steps that end the call."""
    for text in prompts(flow, parts):
        if text.step is not None and text.step.ends and not any(word in text.folded for word in _WORDS):
            message, cure = "The call ends without a goodbye.", "End with thanks or goodbye."
            chinese = ("通话结束时没有道别。", "最后说「谢谢」或「再见」。")
            yield Problem(text.place, RULE.id, message, cure, "warning", chinese=chinese)


RULE = Rule(
    "abrupt-end",
    "The last sentence of a call says neither thanks nor goodbye (warning).",
    flow=check,
    at_load=False,
    manual=RuleManual(
        why="Without a goodbye, callers think that they were cut off, and call again.",
        chinese="没有道别，客户会以为掉线了，再打一次。",
        wrong="""\
steps:
  hello:
    hangup: 短信已经发出。  # here
""",
        right="""\
steps:
  hello:
    hangup: 短信已经发出，再见。
""",
        source="service language of bank hotlines: 您好, 请, 谢谢",
    ),
)
