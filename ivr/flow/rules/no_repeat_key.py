"""Check that callers of each menu can hear it again."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.diagnostics.problem import Problem
from ivr.flow.model import Flow

from ._menus import menus_without
from ._rule import Parts, Rule, RuleManual


def check(flow: Flow, parts: Parts) -> Iterator[Problem]:
    """Check every menu for a key that repeats: its own, or one that works everywhere."""
    del parts
    for step in menus_without(flow, lambda choice: choice.do == "repeat"):
        message, cure = "No key repeats this menu.", "Add to the globals of the flow: {key: pound, do: repeat}"
        chinese = ("这个菜单没有「再听一遍」的按键。", "在 globals 里加上：{key: pound, do: repeat}")
        yield Problem(step.place, RULE.id, message, cure, "warning", chinese=chinese)


RULE = Rule(
    "no-repeat-key",
    "No key repeats a menu (warning).",
    flow=check,
    at_load=False,
    manual=RuleManual(
        why="A lorry passes, a child calls: callers must be able to hear it again without waiting for a failure.",
        chinese="旁边一吵就没听清。应能按键重听，不必等超时。",
        wrong="""\
steps:
  hello:  # here
    menu:
      - {label: 余额, goto: bye}
globals:
  - {key: star, do: back}
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
        source="ISO/IEC 13714:1995; W3C COGA",
    ),
)
