"""Check that no text has a banker's word without an explanation."""

from __future__ import annotations

from ._lexicon import WordMessages, word_rule
from ._rule import RuleManual

RULE = word_rule(
    "unexplained-jargon",
    "jargon",
    "A text has a banker's word that most callers do not know (warning; error in the elderly profile).",
    WordMessages('"{word}" is a word of bankers.', "「{word}」是银行的行话。"),
    RuleManual(
        why="Callers hear a word once and cannot look it up. Use the word that they would use.",
        chinese="电话里的词听一遍就过去了，客户没法查。请用客户自己的说法。",
        wrong="""\
steps:
  hello:
    say: 理财赎回，请说。  # here
    next: bye
""",
        right="""\
steps:
  hello:
    say: 把钱取回来，请说。
    next: bye
""",
        source="W3C COGA, Conversational Voice Systems; service language of bank hotlines",
    ),
    graver_for_elderly=True,
)
