"""Check that no text speaks to older callers as to children."""

from __future__ import annotations

from ._lexicon import WordMessages, word_rule
from ._rule import RuleManual

RULE = word_rule(
    "elderspeak",
    "elderspeak",
    "A text talks down to older callers (warning; error in the elderly profile).",
    WordMessages('"{word}" talks down to the caller.', "「{word}」不够尊重，请用「您」。"),
    RuleManual(
        why="Older callers want slow and clear speech, not pet names. Address them as everybody else: 您.",
        chinese="长者需要的是慢和清楚，不是哄。称呼用「您」。",
        wrong="""\
steps:
  hello:
    say: 爷爷您好。  # here
    next: bye
""",
        right="""\
steps:
  hello:
    say: 您好。
    next: bye
""",
        source="guideline table PMC4777049 (no elderspeak)",
    ),
    graver_for_elderly=True,
)
