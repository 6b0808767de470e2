"""Check that callers are told how to end an entry that has no fixed length."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.diagnostics.problem import Problem
from ivr.flow.model import Flow, Step

from ._rule import Parts, Rule, RuleManual
from ._texts import prompts

_WORDS = ("井号", "井號", "pound", "hash", "#")


def check(flow: Flow, parts: Parts) -> Iterator[Problem]:
    """Check the prompts of entries of several lengths."""
    for text in prompts(flow, parts):
        step = text.step
        # The prompt alone: a reprompt may repeat the question in fewer words.
        asks = _has_no_fixed_length(step) and getattr(step, "prompt", None) is not None
        if not asks or step is None or text.template not in step.prompt.by_language.values():  # type: ignore[attr-defined]
            continue
        if not any(word in text.folded for word in _WORDS):
            message, cure = (
                "Callers are not told how to end this entry.",
                "Add: 以井号键结束, followed by the pound key.",
            )
            chinese = ("没有告诉客户怎样结束输入。", "加上「以井号键结束」。")
            yield Problem(text.place, RULE.id, message, cure, chinese=chinese)


def _has_no_fixed_length(step: Step | None) -> bool:
    return not getattr(getattr(step, "entry", None), "fixed", True)


RULE = Rule(
    "finish-not-said",
    "Callers are not told how to end an entry that has no fixed length.",
    flow=check,
    at_load=False,
    manual=RuleManual(
        why="Without the pound key they wait for seconds, and do not know whether they were understood.",
        chinese="不知道要按井号键，只能干等，也不知道收到没有。",
        wrong="""\
steps:
  hello:
    collect: digits
    as: number
    min: 3
    max: 6
    prompt: 请输入编号。  # here
    next: bye
""",
        right="""\
steps:
  hello:
    collect: digits
    as: number
    min: 3
    max: 6
    prompt: 请输入编号，以井号键结束。
    next: bye
""",
        source="ISO/IEC 13714:1995 (end of entry)",
    ),
)
