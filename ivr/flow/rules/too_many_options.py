"""Check how many options a menu offers.

A menu that is only a little too long is reported only if one of its submenus has room: a further level would be worse.
"""

from __future__ import annotations

from collections.abc import Iterator

from ivr.diagnostics.problem import Problem
from ivr.flow.model import Flow, Step

from ._limits import above, limits_of
from ._menus import menu_options, menus
from ._rule import Parts, Rule, RuleManual


def check(flow: Flow, parts: Parts) -> Iterator[Problem]:
    """Check every menu; keys 0, 9, star, pound and the choice of a language do not count."""
    del parts
    bounds = limits_of(flow.profile).options
    for step in menus(flow):
        count = len(menu_options(step))
        level = above(count, bounds)
        if level is None or (level == "warning" and flow.profile.name == "standard" and not _has_room(step, flow)):
            continue
        message = f"This menu offers {count} options; callers remember {bounds[0]:g}."
        cure = "Move the rare ones into a submenu, or put options together."
        chinese = (
            f"这个菜单有{count}个选项，客户最多记住{bounds[0]:g}个。",
            "把少用的移到下一级菜单，或者合并选项。",
        )
        yield Problem(
            step.place, RULE.id, message, cure, level, measured=f"{count}", allowed=f"{bounds[0]:g}", chinese=chinese
        )


def _has_room(step: Step, flow: Flow) -> bool:
    """Return whether a menu that a choice leads to can take what is too much here."""
    bound = limits_of(flow.profile).options[0]
    surplus = len(menu_options(step)) - bound
    targets = [flow.steps.get(choice.goto.name) for choice in step.own_choices() if choice.goto]
    below = [target for target in targets if target is not None and target.returnable and target.own_choices()]
    return any(len(menu_options(menu)) + surplus <= bound for menu in below)


RULE = Rule(
    "too-many-options",
    "A menu offers more options than callers remember (warning; error when it is far too long).",
    flow=check,
    at_load=False,
    manual=RuleManual(
        why="A caller holds three to five options in mind while the next ones are spoken; older callers hold fewer.",
        chinese="边听边记，一般人最多记住五个选项，长者三个。",
        wrong="""\
profile: elderly
steps:
  hello:  # here
    menu:
      - {label: 余额, goto: bye}
      - {label: 挂失, goto: bye}
      - {label: 网点, goto: bye}
      - {label: 账单, goto: bye}
    on_no_input: agent
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
      - {label: 挂失, goto: bye}
      - {label: 网点, goto: bye}
    on_no_input: agent
globals:
  - {key: star, do: back}
  - {key: "9", do: repeat}
""",
        source="ISO/IEC 13714:1995 (4), AVAYA (4-5); a flat menu beats a further level: Virzi and Huitema 1997, ACIXD",
    ),
)
