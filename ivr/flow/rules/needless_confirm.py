"""Check that callers are not asked for a yes before something that they can only hear."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.diagnostics.problem import Problem
from ivr.flow.model import Flow
from ivr.flow.outcomes import step_routes

from ._rule import Parts, Rule, RuleManual


def check(flow: Flow, parts: Parts) -> Iterator[Problem]:
    """Report a yes that leads to a question of lookups.yaml which needs none."""
    for step in flow.written_steps() if parts.bank_is_declared else ():
        for way in step_routes(step).get(step.affirms, ()) if step.affirms else ():
            following = flow.steps.get(way.goto.name)
            asked = following.asks() if following is not None else None
            question = parts.questions.get(asked.source.name) if asked else None
            # Questions of lookups.yaml only: the engine's own services mark nothing with `confirm`.
            if asked and question is not None and not question.confirm and "." in asked.source.name:
                message = f'A yes is asked for before "{asked.source.name}", which changes nothing.'
                cure = 'Ask the question at once; if it cannot be undone, write "confirm: yes" in lookups.yaml.'
                chinese = (
                    f"查「{asked.source.name}」之前不必请客户确认。",
                    "直接查询；如果不能撤销，在 lookups.yaml 写 confirm: yes。",
                )
                yield Problem(step.place, RULE.id, message, cure, "warning", chinese=chinese)


RULE = Rule(
    "needless-confirm",
    "A yes is asked for before something that changes nothing (warning).",
    flow=check,
    at_load=False,
    manual=RuleManual(
        why="Each needless question costs seconds, and teaches callers to say yes without listening.",
        chinese="多问一句就多几秒，还会让客户养成不听就确认的习惯。",
        wrong="""\
steps:
  hello:  # here
    confirm: 现在为您查网点。
    yes: look
    no: bye
  look:
    lookup: {from: bank.places, on_error: agent}
    next: bye
# file: lookups
services:
  bank:
    address: {setting: IVR_BANK_URL}
    questions:
      places: {takes: {}, gives: {count: count}}
""",
        right="""\
steps:
  hello:
    lookup: {from: bank.places, on_error: agent}
    next: bye
# file: lookups
services:
  bank:
    address: {setting: IVR_BANK_URL}
    questions:
      places: {takes: {}, gives: {count: count}}
""",
        source="ACIXD, confirmation strategy (implicit where nothing can go wrong)",
    ),
)
