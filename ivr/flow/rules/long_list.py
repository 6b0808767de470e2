"""Check how many items of a list are read aloud in one go."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.diagnostics.problem import Problem
from ivr.flow.model import Flow

from ._limits import above, limits_of
from ._rule import Parts, Rule, RuleManual


def check(flow: Flow, parts: Parts) -> Iterator[Problem]:
    """Check the steps that speak once per item."""
    del parts
    bounds = limits_of(flow.profile).list_items
    for step in flow.written_steps():
        most = step.items_at_once()
        if step.speaks and (level := above(most, bounds)):
            place = step.place_of("most" if "most" in step.places else "each")
            message = f"{most} items are read aloud in one go; callers remember {bounds[0]:g}."
            cure = f'Write "most: {bounds[0]:g}", and offer the next ones by a key.'
            chinese = (
                f"一次念{most}条，客户最多记住{bounds[0]:g}条。",
                f"写上 most: {bounds[0]:g}，其余的请客户按键继续听。",
            )
            yield Problem(
                place, RULE.id, message, cure, level, measured=f"{most}", allowed=f"{bounds[0]:g}", chinese=chinese
            )


RULE = Rule(
    "long-list",
    "Too many items of a list are read aloud in one go (warning; error when they are far too many).",
    flow=check,
    at_load=False,
    manual=RuleManual(
        why="Nobody remembers the first of six transactions when the sixth is spoken.",
        chinese="念到第六条，第一条早忘了。",
        wrong="""\
steps:
  hello:
    lookup: {from: bank.branches, as: places, on_error: bye}
    next: tell
  tell:
    say: "{item.name|text}。"
    each: places.items
    most: 6  # here
    next: bye
""",
        right="""\
steps:
  hello:
    lookup: {from: bank.branches, as: places, on_error: bye}
    next: tell
  tell:
    say: "{item.name|text}。"
    each: places.items
    next: bye
""",
        source="working memory of callers: Miller 2013; the figures are our own",
    ),
)
