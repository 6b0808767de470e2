"""Check that keys stop the prompts of menus."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.diagnostics.problem import Fix, Level, Problem
from ivr.flow.model import Flow

from ._menus import menus
from ._rule import Parts, Rule, RuleManual


def check(flow: Flow, parts: Parts) -> Iterator[Problem]:
    """Check every menu."""
    del parts
    level: Level = "warning" if flow.profile.name == "elderly" else "error"
    for step in menus(flow):
        if not getattr(step, "barge_in", True):
            place = step.place_of("barge_in")
            chinese = ("这个菜单播完之前，按键不起作用。", "删去 barge_in: no。")
            message, cure = "No key works before this menu has been spoken to its end.", 'Delete "barge_in: no".'
            yield Problem(place, RULE.id, message, cure, level, chinese=chinese, fixes=(Fix(place, "yes"),))


RULE = Rule(
    "locked-menu",
    "Keys do not stop the prompt of a menu (warning in the elderly profile).",
    flow=check,
    at_load=False,
    manual=RuleManual(
        why="Callers who know their key should not have to wait for the end of the menu.",
        chinese="知道按哪个键的客户，不必等菜单播完。",
        wrong="""\
steps:
  hello:
    menu:
      - {label: 余额, goto: bye}
    barge_in: no  # here
globals:
  - {key: star, do: back}
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
        source="AS/NZS 4263:2003, 2.3; AVAYA; GetHuman standard 1.0, 6",
    ),
)
