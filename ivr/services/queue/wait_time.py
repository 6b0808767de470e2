"""The estimated wait of a caller, as pure functions of the current state; None where there are too few data.

A caller at place n gets the n-th agent who becomes free: with `active` agents one becomes free about every
handle time / active. The announced wait is a fifth longer, in whole minutes rounded up.
"""

from __future__ import annotations

import math

from ivr.flow.model import Hotline

from .availability import is_active, serving
from .matching import ranked
from .state import Agent, QueueState, Waiter

FEWEST_AGENTS = 3
FEWEST_CALLS = 5
RECENT = 7_200.0
"""The seconds after which a handled call no longer counts for the handle time."""
SUDDEN = 120.0
SUDDEN_SHARE = 0.3
"""The share of agents that left within SUDDEN seconds above which the wait cannot be estimated."""
MARGIN = 1.2
OVER_TEN = 11
"""The minutes that are announced as "more than ten minutes"."""


def position(state: QueueState, line: Hotline, waiter: Waiter, now: float) -> int:
    """Return the place of a caller: one more than the earlier callers for agents of the same desks."""
    mine = serving(line, waiter.desk)
    before = 0
    for other in ranked(state, line, now):
        if other.id == waiter.id:
            break
        before += other.desk == waiter.desk or not mine.isdisjoint(serving(line, other.desk))
    return before + 1


def expected(state: QueueState, line: Hotline, desk: str, place: int, now: float) -> float | None:
    """Return the estimated seconds until the caller at `place` gets an agent; None if unknown."""
    mine = serving(line, desk)
    agents = [agent for agent in state.agents.values() if not mine.isdisjoint(agent.desks)]
    active = sum(is_active(agent, now) for agent in agents)
    times = [
        seconds
        for name in mine
        if name in state.handled
        for at, seconds in state.handled[name].calls
        if now - at <= RECENT
    ]
    # No time is better than a wrong one: with few agents, one long talk doubles the wait.
    if active < FEWEST_AGENTS or len(times) < FEWEST_CALLS or _sudden(agents, active, now):
        return None
    return wait_at_place(place, sum(times) / len(times), active)


def wait_at_place(place: int, handling: float, active: int) -> float:
    """Return the estimated seconds until the n-th of `active` agents becomes free, at a mean handling time."""
    return place * handling / active


def minutes(seconds: float) -> int:
    """Return the whole minutes to announce: with a margin, rounded up; 0 is under a minute, OVER_TEN over ten."""
    padded = seconds * MARGIN
    return 0 if padded < 60 else min(OVER_TEN, math.ceil(padded / 60))


def to_say(seconds: float | None, before: int | None) -> tuple[int | None, bool]:
    """Return the minutes to announce after `before` minutes were announced, and whether they had to rise.

    They rise only when the wait without the margin is longer than `before`; otherwise they are at most `before`. They
    are None while the wait is unknown.
    """
    if seconds is None:
        return None, False
    now = minutes(seconds)
    if before is None or now <= before:
        return now, False
    promised = max(1, before) * 60
    if before < OVER_TEN and seconds > promised:
        return now, True
    return before, False


def _sudden(agents: list[Agent], active: int, now: float) -> bool:
    gone = sum(1 for agent in agents if not is_active(agent, now) and agent.since and now - agent.since <= SUDDEN)
    return gone > 0 and gone / (active + gone) >= SUDDEN_SHARE
