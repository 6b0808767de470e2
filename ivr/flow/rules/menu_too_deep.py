"""Check how many choices lead to a task."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.diagnostics.problem import Problem
from ivr.flow.model import Choice, Step

from ._keys_to import keys_to
from ._limits import above, limits_of
from ._menus import menus
from ._rule import Parts, Rule, RuleManual


def check(parts: Parts) -> Iterator[Problem]:
    """Check the menus that callers of each called number come to; questions about a task do not count."""
    graph = parts.graph
    reported: set[str] = set()
    for flow in graph.called_flows():
        for node, keys in keys_to(parts, flow.name).items():
            step = graph.step(node)
            # Once for each menu, though several called numbers may lead to it.
            if step is None or step.name in reported or step not in menus(parts.flows[node[0]]) or _is_question(step):
                continue
            bounds = limits_of(parts.flows[node[0]].profile).depth
            if level := above(keys + 1, bounds):
                reported.add(step.name)
                message = f"From the answer, the choices of this menu are choice number {keys + 1}."
                cure = "Offer them in a menu above, or leave a level out."
                chinese = (f"从接通算起，这个菜单里的选项是第{keys + 1}级。", "把选项放到上一级，或去掉一级。")
                yield Problem(
                    step.place,
                    RULE.id,
                    message,
                    cure,
                    level,
                    measured=f"{keys + 1} levels",
                    allowed=f"{bounds[0]:g} levels",
                    chinese=chinese,
                )


def _is_question(step: Step) -> bool:
    """Return whether all choices go on to the same step, with a value each."""
    choices: tuple[Choice, ...] = step.own_choices()
    return all(choice.value for choice in choices if choice.goto)


RULE = Rule(
    "menu-too-deep",
    "A task is behind more menus than callers go through (warning; error when they are far too many).",
    parts=check,
    at_load=False,
    manual=RuleManual(
        why="At each level some callers choose wrongly, and after three most give up or ask for a person.",
        chinese="每多一级，就多一些人选错；超过三级，多数人放弃或找人工。",
        wrong="""\
steps:
  hello:
    menu:
      - {label: 服务, goto: second}
  second:
    menu:
      - {label: 其他服务, goto: third}
  third:
    menu:
      - {label: 更多服务, goto: fourth}
  fourth:  # here
    menu:
      - {label: 余额, goto: bye}
globals:
  - {key: star, do: back}
  - {key: pound, do: repeat}
""",
        right="""\
steps:
  hello:
    menu:
      - {label: 服务, goto: second}
  second:
    menu:
      - {label: 余额, goto: bye}
globals:
  - {key: star, do: back}
  - {key: pound, do: repeat}
""",
        source="Virzi and Huitema 1997, Commarford 2008 (broad beats deep)",
    ),
)
