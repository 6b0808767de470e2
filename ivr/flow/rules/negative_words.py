"""Check that texts say what can be done, and not what cannot."""

from __future__ import annotations

from ._lexicon import WordMessages, word_rule
from ._rule import RuleManual

RULE = word_rule(
    "negative-words",
    "negation",
    "A text says what cannot be done (warning).",
    WordMessages('"{word}" tells callers what cannot be done.', "「{word}」只说不能办什么。"),
    RuleManual(
        why="Callers call to get something done. A text that says what is possible keeps them going.",
        chinese="客户来电是为了办事。说能办什么，客户才知道下一步；只说不能办什么，通话就到头了。",
        wrong="""\
steps:
  hello:
    say: 您的业务无法办理。  # here
    next: bye
""",
        right="""\
steps:
  hello:
    say: 您可以到网点办理。
    next: bye
""",
        source="service language of bank hotlines: 不知道, 不可能, 无法",
    ),
)
