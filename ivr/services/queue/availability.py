"""The availability of waiters and agents at a moment, as pure functions of the state."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.flow.model import Desk, Hotline
from ivr.flow.waiting import Waiting

from .state import Agent, Offer, QueueState, Waiter

GRACE = 30.0
"""The seconds, beyond one piece of music, without a request from a waiter: for announcements and slow requests."""
GONE = 120.0
"""The seconds for which an absent waiter is passed over before the place is given up."""
REMEMBERED = 600.0
"""The seconds for which ended waits and offers are kept, so that late and repeated requests find their result."""

UNREACHABLE = "unreachable"
"""The pause of an agent who did not pick up. Only the agent can end it."""

UNREACHED = "unreached"
"""The reason of a call back that left the queue because its caller could not be reached. People take it over."""


def is_waiting(waiter: Waiter, rules: Waiting, now: float) -> bool:
    """Return whether a waiter can get an agent: on the line with a recent request, or due to be called back."""
    if waiter.state != "waiting":
        return False
    return waiter.calls_back or not is_absent(waiter, rules, now)


def is_absent(waiter: Waiter, rules: Waiting, now: float) -> bool:
    """Return whether the last request of a waiter on the line is too long ago."""
    return not waiter.calls_back and now - waiter.seen > rules.piece + GRACE


def waiting(state: QueueState, rules: Waiting, now: float) -> Iterator[Waiter]:
    """Yield all waiters who can get an agent now."""
    return (waiter for waiter in state.waiters.values() if is_waiting(waiter, rules, now))


def is_free(agent: Agent, now: float) -> bool:
    """Return whether an agent can be rung: ready, or after the end of a wrap-up or timed pause."""
    if agent.state == "ready":
        return True
    # Seen when it is asked, so that no process has to end a pause on time.
    return agent.state in ("wrap_up", "paused") and 0 < agent.until <= now


def is_signed_on(agent: Agent) -> bool:
    """Return whether an agent is at work, now or after a pause, except one that did not pick up."""
    return agent.state != "off" and not (agent.state == "paused" and agent.why == UNREACHABLE)


def is_active(agent: Agent, now: float) -> bool:
    """Return whether an agent takes calls: signed on and not paused."""
    return agent.state not in ("off", "paused") or is_free(agent, now)


def serving(line: Hotline, desk: str) -> frozenset[str]:
    """Return the desks whose agents serve the callers of a desk: the desk and those it overflows to."""
    own = desk_of(line, desk)
    return frozenset((own.name, *(other.name for other in own.overflow)))


def desk_of(line: Hotline, name: str) -> Desk:
    """Return a desk of the line; for a desk of an older release, the one for all other callers."""
    return line.desks.get(name) or line.desks[line.desk]


def is_due(waiter: Waiter, line: Hotline, now: float) -> bool:
    """Return whether a call back may be tried now: it has a number, an open desk and no recent try."""
    hours = line.hours_of(desk_of(line, waiter.desk).hours)
    return bool(waiter.mark) and waiter.not_before <= now and (hours is None or hours.open_at(now))


def is_over(offer: Offer) -> bool:
    """Return whether an offer has ended."""
    return offer.state in ("over", "failed")
