"""The status of a caller in the queue at one request: ring an agent, wait, or no agent is there. Pure functions."""

from __future__ import annotations

import math
from dataclasses import dataclass

from msgspec.structs import replace

from ivr.engine.service_ports.queue import QueueStatus
from ivr.flow.model import Hotline
from ivr.flow.waiting import Waiting

from . import offers
from .access import may_serve
from .availability import desk_of, is_signed_on
from .cleanup import WITHOUT_AGENTS, left
from .matching import match
from .state import Agent, Offer, QueueState, Waiter
from .wait_time import OVER_TEN, expected, position, to_say

NO_CALL_BACK_TO = 2
"""The places at the front for which a call back would come later than the agent."""


@dataclass(frozen=True)
class QueueRequest:
    """A request: its key, its time, an id for a new leg, and whether the carrier can place calls."""

    key: str
    now: float
    new_leg: str
    calls_back: bool


def may_enter(state: QueueState, line: Hotline, desk: str) -> QueueStatus | None:
    """Return why callers cannot wait for a desk: it has no agents, or none is signed on; None if they can."""
    if any(is_signed_on(agent) and may_serve(line, agent, desk) for agent in state.agents.values()):
        return None
    if any(may_serve(line, agent, desk) for agent in state.agents.values()):
        return QueueStatus(state="nobody")
    reached = desk_of(line, desk)
    return QueueStatus(state="direct", number=reached.number, timeout=reached.timeout)


def queue_status(state: QueueState, line: Hotline, call: str, asking: QueueRequest) -> tuple[QueueState, QueueStatus]:
    """Return the new state and the status of a caller. A repeated key gets the same status until the state changes."""
    waiter = state.waiters[call]
    offer = state.offer_of(waiter)
    if offer and offer.state == "taken":  # the caller's line sends a request, so the conversation is over
        state = offers.finish(state, line, offer.id, asking.now)
        return state, talked(state.waiters[call])
    # The request comes again, since its answer was lost: the same agent goes on ringing.
    if offer and offer.key == asking.key:
        return state, _ring(offer, state.agents.get(offer.agent))
    # Another request of a caller whose agent is rung: the carrier has given up the leg, whose report is still to come.
    if offer:
        state = offers.fail(state, offer.id, "canceled", asking.now)
    if waiter.state == "talked":
        return state, talked(waiter)
    state = state.put(replace(state.waiters[call], seen=asking.now))
    if refused := may_enter(state, line, waiter.desk):
        # The caller goes elsewhere, and must not be moved in the middle of it when an agent signs on.
        return state.put(left(state.waiters[call], WITHOUT_AGENTS, asking.now)), refused
    return _served(state, line, call, asking)


def talked(waiter: Waiter) -> QueueStatus:
    """Return the status of a caller who has talked with an agent, with the seconds of the conversation."""
    return QueueStatus(state="talked", agent=waiter.agent, seconds=round(waiter.seconds))


def _served(state: QueueState, line: Hotline, call: str, asking: QueueRequest) -> tuple[QueueState, QueueStatus]:
    for pair in match(state, line, asking.now, calls_back=asking.calls_back):
        if pair.waiter.id == call:
            state, made = offers.offer(state, line, pair, new_id=asking.new_leg, key=asking.key, now=asking.now)
            return state, _ring(made, pair.agent)
    return _waits(state, line, state.waiters[call], asking)


def _ring(offer: Offer, agent: Agent | None) -> QueueStatus:
    return QueueStatus(
        state="ring",
        agent=offer.agent,
        number=agent.number if agent else "",
        leg=offer.id,
        timeout=offer.timeout,
        record=offer.record,
    )


def _waits(state: QueueState, line: Hotline, waiter: Waiter, asking: QueueRequest) -> tuple[QueueState, QueueStatus]:
    rules, now = line.waiting, asking.now
    place = position(state, line, waiter, now)
    seconds = expected(state, line, waiter.desk, place, now)
    due = (
        asking.key == waiter.told_key or not waiter.told_at or now - waiter.told_at >= interval(rules, waiter.priority)
    )
    if due and asking.key != waiter.told_key:
        said, longer = to_say(seconds, waiter.minutes)
        # A place that grows, because someone more urgent came, would be heard as an injustice.
        shown_place = min(place, waiter.position or place)
        kept = waiter.minutes if said is None else said
        waiter = replace(waiter, position=shown_place, minutes=kept, longer=longer, told_at=now, told_key=asking.key)
        state = state.put(waiter)
    status = QueueStatus(
        state="wait",
        position=waiter.position,
        minutes=None if seconds is None else waiter.minutes,
        longer=due and waiter.longer,
        due=due,
        piece=rules.piece,
        call_back=asking.calls_back and _offers_call_back(waiter, rules, place, seconds, now),
    )
    return state, status


def interval(rules: Waiting, priority: str) -> float:
    """Return the seconds between two announcements."""
    return rules.elderly_announce if priority == "elderly" else rules.announce


def _offers_call_back(waiter: Waiter, rules: Waiting, place: int, seconds: float | None, now: float) -> bool:
    """Return whether to offer a call back: the estimated wait is long, or unknown and already long."""
    if not waiter.mark:
        return False
    if seconds is None:
        seconds = now - waiter.entered
    elif waiter.minutes == OVER_TEN:
        seconds = math.inf
    return saves_waiting(place, seconds, rules.offers_call_back_from(waiter.priority))


def saves_waiting(place: int, seconds: float, least: float) -> bool:
    """Return whether a call back spares a caller a wait that is long enough: of at least `least` seconds."""
    return place > NO_CALL_BACK_TO and seconds >= least
