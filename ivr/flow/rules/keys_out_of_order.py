"""Check that the keys of a menu ascend from 1 without gaps, in the order spoken."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.diagnostics.problem import Problem
from ivr.flow.model import Choice, Flow

from ._menus import menu_options, menus
from ._rule import Parts, Rule, RuleManual


def check(flow: Flow, parts: Parts) -> Iterator[Problem]:
    """Check every menu; keys of several digits, conditional choices and what works everywhere do not count."""
    del parts
    for step in menus(flow):
        counted = [
            choice for choice in menu_options(step) if len(choice.key) == 1 and not choice.when and not choice.do
        ]
        expected = 0
        for choice in counted:
            expected = _next(expected, step.own_choices())
            if choice.key != str(expected):
                message = f'"{_label(choice)}" has key {choice.key}; by its place in the menu it would be {expected}.'
                cure = "Leave the keys out, so that they are counted, or write them in ascending order from 1."
                chinese = (
                    f"「{_label(choice)}」的按键是{choice.key}，按顺序应为{expected}。",
                    "不写按键就会自动编号；要写，请从1开始递增。",
                )
                yield Problem(choice.place, RULE.id, message, cure, "warning", chinese=chinese)
                # The first one only: one missing key moves all that follow.
                break


def _next(last: int, choices: tuple[Choice, ...]) -> int:
    """Return the next key, past those of choices that do something universal or have a condition."""
    taken = {choice.key for choice in choices if choice.do or choice.when}
    last += 1
    while str(last) in taken:
        last += 1
    return last


def _label(choice: Choice) -> str:
    label = next(iter(choice.label.by_language.values())).fixed if choice.label else None
    return label or choice.key


RULE = Rule(
    "keys-out-of-order",
    "The keys of a menu do not ascend from 1 without gaps (warning).",
    flow=check,
    at_load=False,
    manual=RuleManual(
        why="Callers expect that the next option has the next key. A gap sounds like an option that was missed.",
        chinese="客户以为下一项就是下一个键。跳号会让人觉得漏听了。",
        wrong="""\
steps:
  hello:
    menu:
      - {key: "1", label: 余额, goto: bye}
      - {key: "3", label: 网点, goto: bye}  # here
globals:
  - {key: star, do: back}
  - {key: pound, do: repeat}
""",
        right="""\
steps:
  hello:
    menu:
      - {key: "1", label: 余额, goto: bye}
      - {key: "2", label: 网点, goto: bye}
globals:
  - {key: star, do: back}
  - {key: pound, do: repeat}
""",
        source="ISO/IEC 13714:1995; AVAYA IR design guidelines",
    ),
)
