"""Who is there at a moment: which waiters are still on the line, which agents are at work and free. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from ivr.flow.model import Desk, Hotline, Waiting

from .state import Agent, Offer, QueueState, Waiter

GRACE = 30.0
"""Seconds over one piece of music that a waiter may be silent: an announcement takes as long, and a slow request."""
GONE = 120.0
"""Seconds that an absent waiter is passed over before the place is given up."""
REMEMBERED = 600.0
"""Seconds that what is over is kept, so that late and repeated requests find what became of it."""

UNREACHABLE = "unreachable"
"""Why an agent is paused who did not pick up: only the agent can say that the telephone is answered again."""

UNREACHED = "unreached"
"""Why a promise left the queue whose caller could not be reached; people take it over."""


def is_waiting(waiter: Waiter, rules: Waiting, now: float) -> bool:
    """Tell whether a waiter can be given an agent: on the line and heard of lately, or due to be called back."""
    if waiter.state != "waiting":
        return False
    return waiter.calls_back or not is_absent(waiter, rules, now)


def is_absent(waiter: Waiter, rules: Waiting, now: float) -> bool:
    """Tell whether a waiter on the line has not been heard of for too long."""
    return not waiter.calls_back and now - waiter.seen > rules.piece + GRACE


def waiting(state: QueueState, rules: Waiting, now: float) -> Iterator[Waiter]:
    """Yield everyone who waits now."""
    return (waiter for waiter in state.waiters.values() if is_waiting(waiter, rules, now))


def is_free(agent: Agent, now: float) -> bool:
    """Tell whether an agent can be rung: ready, or past a wrap-up or a pause that ends by itself."""
    if agent.state == "ready":
        return True
    return agent.state in ("wrap_up", "paused") and 0 < agent.until <= now


def is_signed_on(agent: Agent) -> bool:
    """Tell whether an agent is at work, now or after a pause; who does not pick up is not."""
    return agent.state != "off" and not (agent.state == "paused" and agent.why == UNREACHABLE)


def is_active(agent: Agent, now: float) -> bool:
    """Tell whether an agent takes calls: signed on and on no pause."""
    return agent.state not in ("off", "paused") or is_free(agent, now)


def serving(line: Hotline, desk: str) -> frozenset[str]:
    """Name the desks whose agents serve the callers of a desk: its own, and those it overflows to."""
    own = desk_of(line, desk)
    return frozenset((own.name, *(other.name for other in own.overflow)))


def may_serve(line: Hotline, agent: Agent, desk: str) -> bool:
    """Tell whether an agent could ever take a caller of a desk, if only because nothing else is to be done."""
    keeps = (line.desks[name].reserved for name in agent.desks if name in line.desks)
    return not serving(line, desk).isdisjoint(agent.desks) or any(seconds is not None for seconds in keeps)


def desk_of(line: Hotline, name: str) -> Desk:
    """Return a desk; what an older release called a desk falls to the one for all others."""
    return line.desks.get(name) or line.desks[line.desk]


def is_due(waiter: Waiter, line: Hotline, now: float) -> bool:
    """Tell whether a call back may be tried now: it has a number, its desk is open, the last try is long enough ago."""
    hours = line.hours_of(desk_of(line, waiter.desk).hours)
    return bool(waiter.mark) and waiter.not_before <= now and (hours is None or hours.open_at(now))


def is_over(offer: Offer) -> bool:
    """Tell whether nothing can come of an offer any more."""
    return offer.state in ("over", "failed")
