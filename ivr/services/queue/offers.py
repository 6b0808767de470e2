"""The events of an agent's leg and their effect on agent, waiter and site: one pure function for each event.

A late or repeated event, and one of an ended offer, changes nothing.
"""

from __future__ import annotations

from typing import Literal

from msgspec.structs import replace

from ivr.flow.model import Hotline

from .availability import UNREACHABLE, desk_of, is_over
from .matching import Pair
from .state import Agent, Handled, Offer, QueueState, SiteHealth, Waiter

OfferFailure = Literal["refused", "no_answer", "busy", "failed", "canceled", "lost"]

RING = 20
"""The seconds for which an agent's telephone rings: four times."""
WHISPER = 45.0
"""The seconds for whisper, key and late requests; after them the leg counts as lost."""
LONGEST_TALK = 14_400.0
"""The longest conversation in seconds: the `timeLimit` of the carrier's Dial, four hours."""
DOUBT = 15.0
"""The seconds in which the carrier may say that a talk goes on which the agent says is over."""
REFUSED_PAUSE = 30.0
BUSY_PAUSE = 60.0
BREAKER = 3
"""The number of failed dials in a row after which a site is passed over for PASSED_OVER seconds."""
PASSED_OVER = 60.0
SAMPLES = 50
"""The number of handled calls that are kept for each desk."""


def offer(
    state: QueueState, line: Hotline, pair: Pair, *, new_id: str, key: str, now: float
) -> tuple[QueueState, Offer]:
    """Ring a free agent for a waiter."""
    desk = desk_of(line, pair.waiter.desk)
    made = Offer(
        id=new_id,
        waiter=pair.waiter.id,
        agent=pair.agent.id,
        made=now,
        until=now + RING + WHISPER,
        desk=desk.name,
        key=key,
        timeout=RING,
        record=desk.record,
    )
    # `moved` is free again: after a failed leg the waiter may be moved at once.
    waiter = replace(pair.waiter, state="ringing", offer=new_id, seen=now, moved=0.0)
    agent = replace(pair.agent, state="ringing", why="", since=now, until=0.0, offer=new_id)
    sites = [
        replace(state.sites.get(name) or SiteHealth(id=name), credit=credit) for name, credit in pair.credits.items()
    ]
    return state.put(made, waiter, agent, *(sites if len(line.sites) > 1 else ())), made


def answered(state: QueueState, offer_id: str, now: float) -> QueueState:
    """Record that the agent has picked up, so the site works."""
    offer = state.offers.get(offer_id)
    if offer is None or offer.state != "ringing":
        return state
    state = state.put(replace(offer, state="answered", answered=now, until=now + WHISPER))
    agent = state.agents.get(offer.agent)
    health = state.sites.get(agent.site) if agent else None
    return state.put(replace(health, failures=0, until=0.0)) if health and health.failures else state


def of_call(state: QueueState, offer_id: str, call: str) -> QueueState:
    """Keep the carrier's id of an agent's leg, by which the carrier can be asked whether it goes on."""
    offer = state.offers.get(offer_id)
    if offer is None or not call or offer.call:
        return state
    return state.put(replace(offer, call=call))


def goes_on(state: QueueState, offer_id: str) -> QueueState:
    """Record that a talk goes on, as the carrier says: a doubt of the agent's was wrong."""
    offer = state.offers.get(offer_id)
    if offer is None or not offer.doubted:
        return state
    state = state.put(replace(offer, doubted=0.0))
    agent = state.agents.get(offer.agent)
    return state.put(replace(agent, then="")) if agent and agent.then == "ready" else state


def take(state: QueueState, offer_id: str, now: float) -> QueueState:
    """Connect agent and caller after the agent's key."""
    state = answered(state, offer_id, now)
    offer = state.offers.get(offer_id)
    if offer is None or offer.state != "answered":
        return state
    things: list[Offer | Waiter | Agent] = [replace(offer, state="taken", taken=now, until=now + LONGEST_TALK)]
    if waiter := state.waiters.get(offer.waiter):
        things.append(replace(waiter, state="talking", agent=offer.agent))
    if agent := state.agents.get(offer.agent):
        things.append(replace(agent, state="talking", since=now))
    return state.put(*things)


def fail(state: QueueState, offer_id: str, how: OfferFailure, now: float) -> QueueState:
    """End a failed leg: the waiter keeps the place, and the agent's new state depends on the failure."""
    offer = state.offers.get(offer_id)
    if offer is None or offer.state not in ("ringing", "answered"):
        return state
    state = state.put(replace(offer, state="failed", how=how, ended=now))
    waiter, agent = state.waiters.get(offer.waiter), state.agents.get(offer.agent)
    if waiter and waiter.offer == offer_id:
        state = state.put(replace(waiter, state="waiting", offer="", seen=now))
    if agent and agent.offer == offer_id:
        state = state.put(after_failure(agent, how, now))
    return _site_failed(state, agent.site, now) if agent and how == "failed" else state


def after_failure(agent: Agent, how: OfferFailure, now: float) -> Agent:
    """Return the agent after a failed leg. An agent who did not pick up is paused until `ready`."""
    free = replace(agent, offer="", since=now, until=0.0, then="")
    # Requested while the telephone rang, and so more recent than what the failure tells.
    if agent.then:
        return replace(free, state=agent.then, why="")
    match how:
        case "no_answer":
            return replace(free, state="paused", why=UNREACHABLE)
        case "refused":
            return replace(free, state="paused", why="refused", until=now + REFUSED_PAUSE)
        case "busy" | "failed":
            return replace(free, state="paused", why=how, until=now + BUSY_PAUSE)
        case _:
            return replace(free, state="ready", why="")


def finish(state: QueueState, line: Hotline, offer_id: str, now: float) -> QueueState:
    """End a conversation: begin the agent's wrap-up and count the call for the expected wait."""
    offer = state.offers.get(offer_id)
    if offer is None or offer.state != "taken":
        return state
    wrap_up = desk_of(line, offer.desk).wrap_up
    state = state.put(replace(offer, state="over", how="talked", ended=now))
    waiter, agent = state.waiters.get(offer.waiter), state.agents.get(offer.agent)
    if waiter and waiter.offer == offer_id:
        seconds = max(0.0, now - offer.taken)
        state = state.put(replace(waiter, state="talked", offer="", seen=now, ended=now, seconds=seconds))
    if agent and agent.offer == offer_id:
        state = state.put(_after_talk(agent, now, wrap_up))
    before = state.handled.get(offer.desk) or Handled(id=offer.desk)
    calls = (*before.calls, (now, now - offer.taken + wrap_up))[-SAMPLES:]
    return state.put(replace(before, calls=calls))


def _after_talk(agent: Agent, now: float, wrap_up: float) -> Agent:
    free = replace(agent, offer="", since=now, idle=now + wrap_up, until=0.0, why="", then="")
    # Requested during the talk: an agent who signed off goes without a wrap-up.
    if agent.then:
        return replace(free, state=agent.then)
    return replace(free, state="wrap_up", until=now + wrap_up) if wrap_up else replace(free, state="ready")


def _site_failed(state: QueueState, site: str, now: float) -> QueueState:
    health = state.sites.get(site) or SiteHealth(id=site)
    failures = health.failures + 1
    until = now + PASSED_OVER if failures >= BREAKER else health.until
    return state.put(replace(health, failures=failures, until=until))


def expire(state: QueueState, line: Hotline, now: float) -> QueueState:
    """End the legs that are past their time, and talks that are over by the agent's word."""
    for offer in state.offers.values():
        if is_over(offer) or (now <= offer.until and not 0 < offer.doubted < now - DOUBT):
            continue
        state = finish(state, line, offer.id, now) if offer.state == "taken" else fail(state, offer.id, "lost", now)
    return state
