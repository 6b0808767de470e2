"""Check the wait for the first key where a card or paper must be fetched."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.diagnostics.problem import Problem
from ivr.flow.model import Flow

from ._limits import Range, limits_of
from ._rule import Parts, Rule, RuleManual
from ._times import time_problems

_LONGEST = (30.0, 60.0)


def check(flow: Flow, parts: Parts) -> Iterator[Problem]:
    """Check the steps that take an entry and write a time of their own."""
    del parts
    usual, allowed = flow.profile.fetch_timeout, Range(limits_of(flow.profile).fetch_seconds, _LONGEST)
    return time_problems(flow, RULE.id, "timeout", lambda _: usual, allowed, lambda step: step.fetches)


RULE = Rule(
    "fetch-time",
    "Callers who must fetch a card or paper have too little time (warning; error when it is far too little).",
    flow=check,
    at_load=False,
    manual=RuleManual(
        why="The card is in a bag in another room. A caller who comes back to 还没有收到 starts again.",
        chinese="卡不在手边，要去拿。拿回来却听到「没有收到」，只好重来。",
        wrong="""\
steps:
  hello:
    collect: card
    as: pan
    prompt: 请输入卡号，以井号键结束。
    timeout: 4s  # here
    next: bye
""",
        right="""\
steps:
  hello:
    collect: card
    as: pan
    prompt: 请输入卡号，以井号键结束。
    timeout: 15s
    next: bye
""",
        source="W3C COGA (time to look things up); WCAG 2.2.1",
    ),
)
