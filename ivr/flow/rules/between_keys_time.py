"""Check `inter_digit_timeout`, the wait between two keys."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.diagnostics.problem import Problem
from ivr.flow.model import Flow

from ._limits import limits_of
from ._rule import Parts, Rule, RuleManual
from ._times import time_problems


def check(flow: Flow, parts: Parts) -> Iterator[Problem]:
    """Check the steps that write a time of their own."""
    del parts
    usual, allowed = flow.profile.inter_digit_timeout, limits_of(flow.profile).between_keys
    return time_problems(flow, RULE.id, "inter_digit_timeout", lambda _: usual, allowed, lambda _: True)


RULE = Rule(
    "between-keys-time",
    "The wait between two keys is outside what callers need (warning; error far outside).",
    flow=check,
    at_load=False,
    manual=RuleManual(
        why="Callers read long numbers off a card, older ones with pauses.",
        chinese="照着卡面按键，长者中间会停一停。",
        wrong="""\
steps:
  hello:
    confirm: 现在为您锁住这张卡。
    inter_digit_timeout: 1s  # here
    yes: bye
    no: bye
""",
        right="""\
steps:
  hello:
    confirm: 现在为您锁住这张卡。
    inter_digit_timeout: 4s
    yes: bye
    no: bye
""",
        source="Genesys 3 s, Asterisk 5 s",
    ),
)
