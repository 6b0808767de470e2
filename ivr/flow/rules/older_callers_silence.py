"""Check that silence in a menu for older callers leads on at once, and is not asked about again."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.diagnostics.problem import Problem
from ivr.flow.model import Flow

from ._menus import menus
from ._rule import Parts, Rule, RuleManual


def check(flow: Flow, parts: Parts) -> Iterator[Problem]:
    """Check the menus of flows in the elderly profile."""
    del parts
    for step in menus(flow) if flow.profile.name == "elderly" else ():
        if "no_input" not in step.exits() and getattr(step, "tries", 0) != 1:
            message, cure = "An older caller who says nothing is asked again.", f'Write "on_no_input: {flow.agent}".'
            chinese = ("长者没有按键，系统又问一遍。", f"写上 on_no_input: {flow.agent}，直接转人工。")
            yield Problem(step.place, RULE.id, message, cure, chinese=chinese)


RULE = Rule(
    "older-callers-silence",
    "A menu for older callers asks again after silence, instead of leading to a person.",
    flow=check,
    at_load=False,
    manual=RuleManual(
        why="Silence is how an older caller says that the menu is too much. A person must take over at once.",
        chinese="长者不按键，多半是不会用。应直接转人工，不要反复播放。",
        wrong="""\
profile: elderly
steps:
  hello:  # here
    menu:
      - {label: 余额, goto: bye}
globals:
  - {key: star, do: back}
  - {key: "9", do: repeat}
""",
        right="""\
profile: elderly
steps:
  hello:
    menu:
      - {label: 余额, goto: bye}
    on_no_input: agent
globals:
  - {key: star, do: back}
  - {key: "9", do: repeat}
""",
        source="CBIRC [2021] 40; GetHuman standard 1.0, 8",
    ),
)
