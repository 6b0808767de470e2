"""Check that the choice of a language is a sentence of the first menu, and no question of its own."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.diagnostics.problem import Problem
from ivr.flow.model import Choice, Flow

from ._menus import menus
from ._rule import Parts, Rule, RuleManual

_LANGUAGES = (
    "英语",
    "英文",
    "英語",
    "普通话",
    "普通話",
    "粤语",
    "粵語",
    "中文",
    "english",
    "mandarin",
    "cantonese",
    "chinese",
)


def check(flow: Flow, parts: Parts) -> Iterator[Problem]:
    """Report menus that offer nothing but languages."""
    del parts
    for step in menus(flow):
        if all(_is_language(choice) for choice in step.own_choices()):
            message = "This menu asks for a language and nothing else."
            cure = 'Put it into the first menu: {key: "8", do: language}'
            chinese = ("这个菜单只选语言，别的什么也不能办。", '放进第一级菜单：{key: "8", do: language}')
            yield Problem(step.place, RULE.id, message, cure, "warning", chinese=chinese)


def _is_language(choice: Choice) -> bool:
    labels = [template.fixed or "" for template in choice.label.by_language.values()] if choice.label else []
    return choice.switches_language or any(word in label.casefold() for label in labels for word in _LANGUAGES)


RULE = Rule(
    "blocking-language-choice",
    "A menu asks for a language and nothing else (warning).",
    flow=check,
    at_load=False,
    manual=RuleManual(
        why="Most callers speak the language of the line. One sentence in the first menu serves the others.",
        chinese="多数客户说本地语言。第一级菜单里用外语说一句就够了。",
        wrong="""\
steps:
  hello:  # here
    menu:
      - {label: 普通话, goto: bye}
      - {label: 英语, goto: bye}
globals:
  - {key: star, do: back}
  - {key: pound, do: repeat}
""",
        right="""\
steps:
  hello:
    menu:
      - {label: 余额, goto: bye}
      - {label: 英语, goto: bye}
globals:
  - {key: star, do: back}
  - {key: pound, do: repeat}
""",
        source="ACIXD, language selection",
    ),
)
