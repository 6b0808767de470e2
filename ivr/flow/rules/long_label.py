"""Check the length of labels."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.diagnostics.problem import Problem
from ivr.flow.model import Flow

from ._limits import above, limits_of
from ._rule import Parts, Rule, RuleManual
from ._texts import characters, english_words, is_chinese, labels


def check(flow: Flow, parts: Parts) -> Iterator[Problem]:
    """Check every label: characters of Chinese, words of other languages."""
    limits = limits_of(flow.profile)
    for text in labels(flow, parts):
        chinese = is_chinese(text.language)
        count = characters(text.words) if chinese else english_words(text.words)
        bounds = limits.label_characters if chinese else limits.label_words
        if level := above(count, bounds):
            unit = "characters" if chinese else "words"
            message = f"This label has {count} {unit}; {bounds[0]:g} are heard at once."
            cured = (f"这个选项有{count}个{'字' if chinese else '词'}，一次最多听清{bounds[0]:g}个。", "改短一些。")
            yield Problem(
                text.place,
                RULE.id,
                message,
                "Shorten it.",
                level,
                measured=f"{count} {unit}",
                allowed=f"{bounds[0]:g} {unit}",
                chinese=cured,
            )


RULE = Rule(
    "long-label",
    "A label is too long to be heard at once (warning; error when it is far too long).",
    flow=check,
    at_load=False,
    manual=RuleManual(
        why="Callers compare each option with what they want. A long one is forgotten before its key is spoken.",
        chinese="选项太长，还没说到按键，前面就忘了。",
        wrong="""\
steps:
  hello:
    menu:
      - {label: 查询您名下全部账户的当前可用余额, goto: bye}  # here
globals:
  - {key: star, do: back}
  - {key: pound, do: repeat}
""",
        right="""\
steps:
  hello:
    menu:
      - {label: 查询余额, goto: bye}
globals:
  - {key: star, do: back}
  - {key: pound, do: repeat}
""",
        source="ACIXD (labels clear and short); the figures are our own",
    ),
)
