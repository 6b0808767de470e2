"""Check that an entry's own words after silence offer more time."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.diagnostics.problem import Level, Problem
from ivr.flow.model import Flow
from ivr.flow.text import Text

from ._rule import Parts, Rule, RuleManual

_WORDS = ("井号", "井號", "pound", "hash")


def check(flow: Flow, parts: Parts) -> Iterator[Problem]:
    """Check the first text that is said after silence where something is typed; the engine's own offers it."""
    del parts
    level: Level = "error" if flow.profile.name == "elderly" else "warning"
    for step in flow.written_steps():
        texts: tuple[Text, ...] = getattr(step, "no_input", ()) if step.fetches else ()
        for template in texts[0].by_language.values() if texts else ():
            words = "".join(part for part in template.parts if isinstance(part, str)).casefold()
            if not any(word in words for word in _WORDS):
                message, cure = "Callers are not told how to get more time.", "Add: 需要更多时间，请按井号键。"
                chinese = ("没有告诉客户可以要更多时间。", "加上「需要更多时间，请按井号键」。")
                yield Problem(template.place, RULE.id, message, cure, level, chinese=chinese)


RULE = Rule(
    "no-more-time",
    "The words after silence do not offer more time for an entry (warning; error in the elderly profile).",
    flow=check,
    at_load=False,
    manual=RuleManual(
        why="A caller who still looks for the card needs a way to say so. Here pound alone gives more time.",
        chinese="客户还在找卡，要有办法说「等一下」。这里按井号键就行。",
        wrong="""\
steps:
  hello:
    collect: card
    as: pan
    prompt: 请输入卡号，以井号键结束。
    no_input: 还没有收到卡号。  # here
    next: bye
""",
        right="""\
steps:
  hello:
    collect: card
    as: pan
    prompt: 请输入卡号，以井号键结束。
    no_input: 还没有收到卡号。需要更多时间，请按井号键。
    next: bye
""",
        source="36 CFR 1194.23(d); WCAG 2.2.1",
    ),
)
