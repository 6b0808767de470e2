"""Check that no text commands the caller."""

from __future__ import annotations

from ._lexicon import WordMessages, word_rule
from ._rule import RuleManual

RULE = word_rule(
    "commanding-words",
    "command",
    "A text commands the caller (warning; error in the elderly profile).",
    WordMessages('"{word}" is a command.', "「{word}」是命令的口气。"),
    RuleManual(
        why="A hotline asks; it does not order.",
        chinese="热线是请客户做事，不是命令客户。",
        wrong="""\
steps:
  hello:
    say: 您必须先输入密码。  # here
    next: bye
""",
        right="""\
steps:
  hello:
    say: 请您先输入密码。
    next: bye
""",
        source="service language of bank hotlines: 您必须, 您应该",
    ),
    graver_for_elderly=True,
)
