"""Check that no key which was pressed ahead answers a question that cannot be taken back."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.diagnostics.problem import Fix, Problem
from ivr.flow.model import Flow

from ._rule import Parts, Rule, RuleManual


def check(flow: Flow, parts: Parts) -> Iterator[Problem]:
    """Check the steps that ask for a yes."""
    del parts
    for step in flow.written_steps():
        if step.affirms and getattr(step, "type_ahead", "") == "keep":
            message = "A key that was pressed before the question counts as a yes."
            place = step.place_of("type_ahead")
            chinese = ("提问之前按的键会被当成「确认」。", "删去 type_ahead: keep。")
            fixes = (Fix(place, "drop"),)
            yield Problem(place, RULE.id, message, 'Delete "type_ahead: keep".', chinese=chinese, fixes=fixes)


RULE = Rule(
    "key-ahead-confirms",
    "A key that was pressed ahead counts as a yes.",
    flow=check,
    at_load=False,
    manual=RuleManual(
        why="A caller who presses 1 twice by habit would lock the card without having heard the question.",
        chinese="习惯多按一次1，还没听到问题，卡就锁了。",
        wrong="""\
steps:
  hello:
    confirm: 现在为您锁住这张卡。
    type_ahead: keep  # here
    yes: bye
    no: bye
""",
        right="""\
steps:
  hello:
    confirm: 现在为您锁住这张卡。
    yes: bye
    no: bye
""",
        source="ACIXD, confirmation strategy; AS/NZS 4263:2003",
    ),
)
