"""Check `timeout`, the wait for the first key."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.diagnostics.problem import Problem
from ivr.flow.model import Flow, Step

from ._limits import limits_of
from ._rule import Parts, Rule, RuleManual
from ._times import time_problems


def check(flow: Flow, parts: Parts) -> Iterator[Problem]:
    """Check the steps that write a time of their own. Where silence leads to a person at once, a short one is kind."""
    del parts
    usual, allowed = flow.profile.first_timeout, limits_of(flow.profile).first_key
    return time_problems(
        flow, RULE.id, "timeout", lambda _: usual, allowed, lambda step: not (step.fetches or _connects(step))
    )


def _connects(step: Step) -> bool:
    """Return whether the first silence leads to a person."""
    ways = (getattr(step, name, None) for name in ("on_failure", "on_no_input"))
    # By default the last failure leads to the flow's agent; a route of its own may lead anywhere.
    return getattr(step, "tries", 0) == 1 and not any(ways)


RULE = Rule(
    "first-key-time",
    "The wait for the first key is outside what callers need (warning; error far outside).",
    flow=check,
    at_load=False,
    manual=RuleManual(
        why="Too short, and slow callers are asked again while they decide. Too long, and others hang up.",
        chinese="太短，慢的客户来不及；太长，别人以为断线了。",
        wrong="""\
steps:
  hello:
    confirm: 现在为您锁住这张卡。
    timeout: 1s  # here
    yes: bye
    no: bye
""",
        right="""\
steps:
  hello:
    confirm: 现在为您锁住这张卡。
    timeout: 5s
    yes: bye
    no: at_once
  at_once:
    confirm: 现在为您接通人工。先听余额吗？
    timeout: 1s
    tries: 1
    yes: bye
    no: bye
""",
        source="ISO/IEC 13714:1995 (3-10 s); Genesys 5 s, Nuance 7 s, Asterisk 10 s",
    ),
)
