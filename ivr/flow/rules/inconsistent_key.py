"""Check that 0, star, pound and 9 mean the same in all flows of one profile."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.diagnostics.problem import Problem
from ivr.flow.model import Choice, Flow

from ._menus import FREE_KEYS, meaning, menus
from ._rule import Parts, Rule, RuleManual


def check(parts: Parts) -> Iterator[Problem]:
    """Compare the keys of menus and globals over all flows of a profile; the first flow by name sets the meaning."""
    meanings: dict[tuple[str, str], Choice] = {}
    reported: set[int] = set()
    for flow in sorted(parts.flows.values(), key=lambda flow: flow.name):
        for choice in _choices(flow):
            # Key 0 has a rule of its own, which is an error in every flow.
            if choice.key not in FREE_KEYS - {"0"}:
                continue
            first = meanings.setdefault((flow.profile.name, choice.key), choice)
            if _kind(first) != _kind(choice) and id(choice) not in reported:
                reported.add(id(choice))
                message = f"Key {choice.key} means something else in other menus."
                cure = "Let it mean the same everywhere, or take another key."
                chinese = (f"按键{choice.key}在别的菜单里是另一个作用。", "各处保持一致，或换一个按键。")
                related = ((first.place, "what it means there"),)
                yield Problem(choice.place, RULE.id, message, cure, "warning", related, chinese=chinese)


def _choices(flow: Flow) -> Iterator[Choice]:
    yield from flow.globals
    for step in menus(flow):
        yield from step.own_choices()


def _kind(choice: Choice) -> str:
    """Return the sort of effect that a choice has: targets of one sort count as equal, by `do` alone."""
    return meaning(choice)[1] or "goto"


RULE = Rule(
    "inconsistent-key",
    "Star, pound or 9 means different things in different menus (warning).",
    parts=check,
    at_load=False,
    manual=RuleManual(
        why="Callers learn what star, pound and 9 do, and press them without listening.",
        chinese="星号、井号和9的作用，客户听一次就记住，之后不听就按。",
        wrong="""\
steps:
  hello:
    menu:
      - {label: 余额, goto: more}
      - {key: "9", label: 结束, goto: bye}
  more:
    menu:
      - {label: 网点, goto: bye}
      - {key: "9", label: 再听一遍, do: repeat}  # here
globals:
  - {key: star, do: back}
  - {key: pound, do: repeat}
""",
        right="""\
steps:
  hello:
    menu:
      - {label: 余额, goto: more}
      - {key: "9", label: 结束, goto: bye}
  more:
    menu:
      - {label: 网点, goto: bye}
      - {key: "9", label: 结束, goto: bye}
globals:
  - {key: star, do: back}
  - {key: pound, do: repeat}
""",
        source="ISO/IEC 13714:1995; W3C COGA (reserved digits)",
    ),
)
