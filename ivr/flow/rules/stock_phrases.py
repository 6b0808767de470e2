"""Check that no text has a phrase that only fills time."""

from __future__ import annotations

from ._lexicon import WordMessages, word_rule
from ._rule import RuleManual

RULE = word_rule(
    "stock-phrases",
    "stock",
    "A text has a phrase that only fills time (warning).",
    WordMessages('"{word}" says nothing and takes seconds.', "「{word}」是套话，只占时间。"),
    RuleManual(
        why="Each second before the answer costs callers. One greeting and one thanks are enough.",
        chinese="多说一句套话，客户就多等几秒。一次问候、一次感谢就够了。",
        wrong="""\
steps:
  hello:
    say: 您的来电对我们非常重要。  # here
    next: bye
""",
        right="""\
steps:
  hello:
    say: 您前面还有两位。
    next: bye
""",
        source="ACIXD, what not to include; service language of bank hotlines",
    ),
)
