"""Check a time of steps that listen against a range, for rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ivr.diagnostics.problem import Problem
from ivr.flow.model import Flow, Step

from ._limits import Range, above, below


def time_problems(
    flow: Flow, rule: str, key: str, usual: Callable[[Step], float], allowed: Range, chosen: Callable[[Step], bool]
) -> Iterator[Problem]:
    """Yield a problem for each step whose time, written under `key`, is outside a range. Times in seconds."""
    for step in flow.written_steps():
        # Only written times: those of the profile are within its own limits.
        if key not in step.places or not chosen(step):
            continue
        seconds = getattr(step, key, 0.0) or usual(step)
        level = below(seconds, allowed.least) or above(seconds, allowed.most)
        if level:
            bounds = f"{allowed.least[0]:g} to {allowed.most[0]:g} s"
            message = f'"{key}" is {seconds:g} s; callers of this profile need {bounds}.'
            cure = "Delete this line: the profile has the right time."
            chinese = (
                f"{key}是{seconds:g}秒，这类客户需要{allowed.least[0]:g}到{allowed.most[0]:g}秒。",
                "删去这一行，按默认时间。",
            )
            yield Problem(
                step.place_of(key),
                rule,
                message,
                cure,
                level,
                measured=f"{seconds:g} s",
                allowed=bounds,
                chinese=chinese,
            )
