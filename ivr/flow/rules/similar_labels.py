"""Check that callers can tell the labels of a menu apart."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from ivr.diagnostics.problem import Problem
from ivr.flow.model import Choice, Flow

from ._limits import limits_of
from ._menus import menus
from ._rule import Parts, Rule, RuleManual

_CONFUSED = (
    frozenset({"账户", "账单", "账务"}),
    frozenset({"帳戶", "帳單", "帳務"}),
    frozenset({"billing", "accounts"}),
)
"""Words that sound like one another to callers."""


def check(flow: Flow, parts: Parts) -> Iterator[Problem]:
    """Compare the labels of each menu in each language."""
    del parts
    most = limits_of(flow.profile).alike
    for step in menus(flow):
        for first, second in combinations(step.own_choices(), 2):
            # Choices under conditions may never be offered together.
            if first.when is None and second.when is None and (pair := _alike(first, second, most)):
                label, other = pair
                message = f'"{other}" sounds like "{label}".'
                cure = "Name what only one of them does."
                chinese = (f"「{other}」和「{label}」听起来太像。", "说出各自不同的地方。")
                related = ((first.place, "the other"),)
                yield Problem(second.place, RULE.id, message, cure, "warning", related, chinese=chinese)


def _alike(first: Choice, second: Choice, most: float) -> tuple[str, str] | None:
    if first.label is None or second.label is None:
        return None
    for language, template in first.label.by_language.items():
        label, other = template.fixed, getattr(second.label.by_language.get(language), "fixed", None)
        if label and other and (_share(label, other) > most or _confused(label, other)):
            return label, other
    return None


def _share(label: str, other: str) -> float:
    """Return the share of characters (of words, in English) that two labels have in common."""
    parts, others = (set(text.casefold().split() if text.isascii() else text) for text in (label, other))
    return len(parts & others) / len(parts | others) if parts | others else 1.0


def _confused(label: str, other: str) -> bool:
    return any(label.casefold() in words and other.casefold() in words for words in _CONFUSED)


RULE = Rule(
    "similar-labels",
    "Two labels of a menu sound alike (warning).",
    flow=check,
    at_load=False,
    manual=RuleManual(
        why="On the telephone callers choose by sound. Two labels that sound alike are chosen by chance.",
        chinese="电话里靠听来选。听着差不多的两项，客户只能猜。",
        wrong="""\
steps:
  hello:
    menu:
      - {label: 账户, goto: bye}
      - {label: 账单, goto: bye}  # here
globals:
  - {key: star, do: back}
  - {key: pound, do: repeat}
""",
        right="""\
steps:
  hello:
    menu:
      - {label: 卡里的钱, goto: bye}
      - {label: 信用卡还款, goto: bye}
globals:
  - {key: star, do: back}
  - {key: pound, do: repeat}
""",
        source="W3C COGA, Conversational Voice Systems; ACIXD (labels that exclude one another)",
    ),
)
