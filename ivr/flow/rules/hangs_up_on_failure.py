"""Check that no call is ended because the caller was silent or was not understood.

Silence may end a call after a step that offers a person in words, and after a message could not be recorded.
"""

from __future__ import annotations

from collections.abc import Iterator

from ivr.diagnostics.problem import Problem
from ivr.flow.model import Flow, Step
from ivr.flow.outcomes import step_routes

from ._named_keys import named_keys
from ._rule import Parts, Rule, RuleManual
from ._texts import WrittenText, prompts


def check(flow: Flow, parts: Parts) -> Iterator[Problem]:
    """Check where silence and the last failure lead."""
    offers = {text.step.name for text in prompts(flow, parts) if text.step and _names_person(text)}
    for step in flow.written_steps():
        # Silence after "leave a message" is a caller who has nothing to say, and one who waits for a person may hang
        # up.
        if not step.listens or step.records or step.reaches_person:
            continue
        for outcome, key in (("no_input", "on_no_input"), ("failed", "on_failure")):
            if outcome == "no_input" and step.name in offers:
                continue
            if _ends(step, outcome, flow):
                message = "The call ends because the caller was not understood, or said nothing."
                cure = f'Lead "{key}" to a person, a call back or a message.'
                chinese = ("客户没有回应或没有听清，电话就被挂断了。", f"{key} 应转人工、回电或留言。")
                yield Problem(step.place_of(key), RULE.id, message, cure, chinese=chinese)


def _names_person(text: WrittenText) -> bool:
    return any(named.key == "0" for named in named_keys(text))


def _ends(step: Step, outcome: str, flow: Flow) -> bool:
    """Return whether an outcome leads to the end of the call, at once or through steps that only speak."""
    frontier, seen = [way.goto.name for way in step_routes(step).get(outcome, ())], set[str]()
    while frontier:
        name = frontier.pop()
        following = flow.steps.get(name)
        # A step that asks or computes has decided something; only words that lead straight to the end are a hang-up.
        if following is None or name in seen or following.listens or following.asks() or following.sets():
            continue
        if following.ends:
            return True
        seen.add(name)
        frontier += [way.goto.name for route in step_routes(following).values() for way in route]
    return False


RULE = Rule(
    "hangs-up-on-failure",
    "A call ends because the caller was silent or not understood.",
    flow=check,
    at_load=False,
    manual=RuleManual(
        why="Callers who cannot use the menu most need a person. A call that is cut off comes again, or a complaint.",
        chinese="不会用菜单的客户最需要人工。挂断只会换来再次来电或投诉。",
        wrong="""\
steps:
  hello:
    confirm: 现在为您锁住这张卡。
    yes: bye
    no: bye
    on_failure: bye  # here
""",
        right="""\
steps:
  hello:
    confirm: 现在为您锁住这张卡。
    yes: bye
    no: bye
    on_failure: agent
""",
        source="GetHuman standard 1.0, 8; W3C COGA; Guobanfa [2020] 45",
    ),
)
