"""Check that no text advertises, pushes to the web, or pads before the menu."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.diagnostics.problem import Level, Problem
from ivr.flow.model import Flow

from ._lexicon import WordMessages, hits, word_problem
from ._rule import Parts, Rule, RuleManual
from ._texts import spoken_texts

_MESSAGES = WordMessages('"{word}" is nothing that the caller asked for.', "「{word}」不是客户来电要办的事。")


def check(flow: Flow, parts: Parts) -> Iterator[Problem]:
    """Check every text of the flow."""
    level: Level = "error" if flow.profile.name == "elderly" else "warning"
    for text in spoken_texts(flow, parts):
        for words in ("advert", "padding"):
            for hit in hits(words, text):
                yield word_problem(hit, RULE.id, _MESSAGES, level)


RULE = Rule(
    "advert",
    "A text advertises, sends callers to the web, or pads (warning; error in the elderly profile).",
    flow=check,
    at_load=False,
    manual=RuleManual(
        why="Callers have chosen the telephone. An advert delays them, and older callers may not use the web.",
        chinese="客户选择打电话，就请在电话里办。推销和「请用网上银行」只会耽误时间；对长者更不合适。",
        wrong="""\
steps:
  hello:
    say: 欢迎下载手机银行。  # here
    next: bye
""",
        right="""\
steps:
  hello:
    say: 欢迎致电。
    next: bye
""",
        source="ACIXD, what not to include; financial regulator's guidance of 2024-11-14 on older customers",
    ),
)
