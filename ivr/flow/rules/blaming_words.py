"""Check that no text blames the caller."""

from __future__ import annotations

from ._lexicon import WordMessages, word_rule
from ._rule import RuleManual

RULE = word_rule(
    "blaming-words",
    "blame",
    "A text blames the caller (warning; error in the elderly profile).",
    WordMessages('"{word}" blames the caller.', "「{word}」听上去像在责怪客户。"),
    RuleManual(
        why="A caller whose answer was not understood has done nothing wrong. Say what is needed next.",
        chinese="没有听清不是客户的错。请直接说下一步需要什么。",
        wrong="""\
steps:
  hello:
    say: 您输错了。  # here
    next: bye
""",
        right="""\
steps:
  hello:
    say: 请再输入一次。
    next: bye
""",
        source="AVAYA IR design guidelines; ISO/IEC 13714; service language of bank hotlines",
    ),
    graver_for_elderly=True,
)
