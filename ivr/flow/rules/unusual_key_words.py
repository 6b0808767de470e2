"""Check that texts use the usual words for keys: 按, 输入, press, enter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ivr.diagnostics.problem import Problem
from ivr.flow.model import Flow

from ._lexicon import WordMessages, hits, replacement, word_problem
from ._rule import Parts, Rule, RuleManual
from ._texts import spoken_texts

_MESSAGES = WordMessages(
    '"{word}" is not what callers call it.', "「{word}」不是常用的说法：按键说「按」，数据说「输入」。"
)


def check(flow: Flow, parts: Parts) -> Iterator[Problem]:
    """Check every text."""
    for text in spoken_texts(flow, parts):
        for hit in hits("key_words", text):
            yield replace(word_problem(hit, RULE.id, _MESSAGES, "warning"), fixes=replacement(hit))


RULE = Rule(
    "unusual-key-words",
    "A text has an unusual word for pressing a key or entering something (warning).",
    flow=check,
    at_load=False,
    manual=RuleManual(
        why="Callers recognise instructions by their usual words: press a key, enter data, end the call.",
        chinese="常用的词一听就懂：按键说「按」，数据说「输入」，结束说「挂机」。",
        wrong="""\
steps:
  hello:
    say: 请键入密码。  # here
    next: bye
""",
        right="""\
steps:
  hello:
    say: 请输入密码。
    next: bye
""",
        source="ISO/IEC 13714:1995, word list",
    ),
)
