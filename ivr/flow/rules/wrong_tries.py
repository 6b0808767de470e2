"""Check how often a step asks."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.diagnostics.problem import Problem
from ivr.flow.model import Flow, Step
from ivr.flow.outcomes import FAILED, flow_routes, step_routes

from ._limits import limits_of
from ._rule import Parts, Rule, RuleManual


def check(flow: Flow, parts: Parts) -> Iterator[Problem]:
    """Check the steps that write a number of tries. One try is enough where a person takes over at once."""
    del parts
    least, most = limits_of(flow.profile).tries
    for step in flow.written_steps():
        tries = getattr(step, "tries", 0) if "tries" in step.places else 0
        # Fewer tries are a favour where a person follows, and a trap where a message does.
        if not tries or least <= tries <= most or (tries < least and _leads_to_person(step, flow)):
            continue
        message = f"This step asks {tries} times; {least:g} to {most:g} are right for these callers."
        cure = "Delete this line: the profile has the right number."
        chinese = (f"这一步会问{tries}次，合适的是{least:g}到{most:g}次。", "删去这一行，按默认次数。")
        yield Problem(
            step.place_of("tries"),
            RULE.id,
            message,
            cure,
            "warning",
            measured=f"{tries}",
            allowed=f"{least:g} to {most:g}",
            chinese=chinese,
        )


def _leads_to_person(step: Step, flow: Flow) -> bool:
    routes = {**flow_routes(flow), **step_routes(step)}
    return all(way.goto.name == flow.agent for way in routes[FAILED])


RULE = Rule(
    "wrong-tries",
    "A step asks too often, or too seldom, before a person takes over (warning).",
    flow=check,
    at_load=False,
    manual=RuleManual(
        why="Callers who failed three times will fail again: a person must take over, after two tries for older ones.",
        chinese="三次都没成功，再问也没用，应由人工接手；长者两次就转人工。",
        wrong="""\
steps:
  hello:
    confirm: 现在为您锁住这张卡。
    tries: 5  # here
    yes: bye
    no: bye
""",
        right="""\
steps:
  hello:
    confirm: 现在为您锁住这张卡。
    tries: 2
    yes: bye
    no: bye
""",
        source="ACIXD and AVAYA (2-3 attempts)",
    ),
)
