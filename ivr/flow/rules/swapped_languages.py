"""Check that the text under a language is in that language."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.diagnostics.problem import Problem
from ivr.flow.model import Flow

from ._rule import Parts, Rule, RuleManual
from ._texts import characters, english_words, is_chinese, spoken_texts


def check(flow: Flow, parts: Parts) -> Iterator[Problem]:
    """Compare the characters of each text with its language."""
    for text in spoken_texts(flow, parts):
        han, words = characters(text.words), english_words("".join(c for c in text.words if not c.isdigit()))
        # One English word may stand in a Chinese text, such as a name; in an English text Chinese characters are what
        # outweighs.
        swapped = (han == 0 and words > 1) if is_chinese(text.language) else han > words
        if swapped and "texts" not in text.template.names:
            message = f"This text under {text.language} is in another language."
            cure = "Exchange the texts, or name the right language."
            chinese = (f"写在{text.language}下面的文字是另一种语言。", "对调两段文字，或改正语言代码。")
            yield Problem(text.place, RULE.id, message, cure, chinese=chinese)


RULE = Rule(
    "swapped-languages",
    "A text is written under another language than its own.",
    flow=check,
    at_load=False,
    manual=RuleManual(
        why="A Mandarin voice reads English words letter by letter, and an English one reads no Mandarin at all.",
        chinese="中文声音读不好英文，英文声音读不了中文。",
        wrong="""\
steps:
  hello:
    say:
      zh-CN: Welcome to the bank.  # here
      en-US: 欢迎致电示范银行。  # here
    next: bye
""",
        right="""\
steps:
  hello:
    say:
      zh-CN: 欢迎致电示范银行。
      en-US: Welcome to the bank.
    next: bye
""",
        source="one set of prompts per language",
    ),
)
