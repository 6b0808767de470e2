"""Check that a key which a choice writes hides no key that works everywhere in the flow."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.diagnostics.problem import Problem
from ivr.flow.model import Flow

from ._menus import meaning, menus
from ._rule import Parts, Rule, RuleManual


def check(flow: Flow, parts: Parts) -> Iterator[Problem]:
    """Compare the written keys of menus with those of the globals; hidden-global checks counted ones."""
    del parts
    everywhere = {choice.key: choice for choice in flow.globals if choice.key}
    for step in menus(flow):
        for choice in step.own_choices():
            hidden = everywhere.get(choice.key)
            if hidden is not None and not choice.counted and meaning(hidden) != meaning(choice):
                message = f"Key {choice.key} means something else everywhere else in this flow."
                cure = "Give this choice another key."
                chinese = (f"按键{choice.key}在本流程其他地方是另一个作用。", "给这个选项换一个按键。")
                related = ((hidden.place, "what it means everywhere else"),)
                yield Problem(choice.place, RULE.id, message, cure, "warning", related, chinese=chinese)


RULE = Rule(
    "covers-global",
    "A choice writes a key that means something else everywhere else (warning).",
    flow=check,
    at_load=False,
    manual=RuleManual(
        why="A key that works everywhere is learnt once. Where it means something else, callers press it by habit.",
        chinese="到处都一样的键，客户按习惯了。换了意思就会按错。",
        wrong="""\
steps:
  hello:
    menu:
      - {label: 余额, goto: bye}
      - {key: pound, label: 网点, goto: bye}  # here
globals:
  - {key: star, do: back}
  - {key: pound, do: repeat}
""",
        right="""\
steps:
  hello:
    menu:
      - {label: 余额, goto: bye}
      - {label: 网点, goto: bye}
globals:
  - {key: star, do: back}
  - {key: pound, do: repeat}
""",
        source="ISO/IEC 13714:1995 (keys with one meaning); W3C COGA (reserved digits)",
    ),
)
