"""Check that callers can leave each menu again: back, to the main menu, or to the flow that runs this one."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.diagnostics.problem import Problem
from ivr.flow.model import RETURN, Choice, Flow

from ._menus import meaning, menus_without
from ._rule import Parts, Rule, RuleManual


def check(flow: Flow, parts: Parts) -> Iterator[Problem]:
    """Check every menu."""
    del parts
    for step in menus_without(flow, _leads_back):
        message, cure = "No key leads back from this menu.", "Add to the globals of the flow: {key: star, do: back}"
        chinese = ("这个菜单没有「返回」的按键。", "在 globals 里加上：{key: star, do: back}")
        yield Problem(step.place, RULE.id, message, cure, "warning", chinese=chinese)


def _leads_back(choice: Choice) -> bool:
    return RETURN in meaning(choice)


RULE = Rule(
    "no-way-back",
    "No key leads back from a menu (warning).",
    flow=check,
    at_load=False,
    manual=RuleManual(
        why="A caller who chose the wrong key must not have to hang up and call again.",
        chinese="按错了要能返回，不该只能挂机重打。",
        wrong="""\
steps:
  hello:  # here
    menu:
      - {label: 余额, goto: bye}
globals:
  - {key: pound, do: repeat}
""",
        right="""\
steps:
  hello:
    menu:
      - {label: 余额, goto: bye}
globals:
  - {key: star, do: back}
  - {key: pound, do: repeat}
""",
        source="W3C COGA (go back); ISO/IEC 13714:1995",
    ),
)
