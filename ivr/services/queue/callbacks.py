"""Call backs: a caller who gives up the line keeps the place, and is called when an agent has answered. Pure.

The agent is rung first, then the caller: nobody is called only to wait. One attempt at a time, so many in all.
"""

from __future__ import annotations

import hashlib
import math
import re

from msgspec.structs import replace

from ivr.calendar import local
from ivr.engine.service_ports.queue import CallbackPromise
from ivr.flow.model import Hotline

from . import offers
from .availability import UNREACHED, desk_of, is_due, is_signed_on, may_serve
from .cleanup import left
from .state import QueueState, Waiter
from .wait_time import MARGIN, expected, position

UNKNOWN_WAIT = 1_800.0
"""Seconds that are promised while nobody knows how long it takes."""
_QUARTER = 900
IN_TIME = 900.0
"""Seconds before the promised time when people take over if nobody is at the desk, so that they can keep it by hand."""
LONG_OVERDUE = 3_600.0
"""Seconds after it when they take over anyway; until then the queue is more likely to get there."""
SURELY_TALKED = 60.0
"""Seconds after which a caller who had not picked up would have been given up: twice the time of ringing."""
_CALLABLE = re.compile(r"\+86(1[3-9]\d{9}|10\d{8}|2\d{9}|[3-9]\d{9,10})")
"""Mainland mobile and fixed-line numbers: nobody can have us ring a premium number abroad."""


def may_be_called(number: str) -> bool:
    """Tell whether calls may go to a number."""
    return _CALLABLE.fullmatch(number) is not None


def id_of(mark: str) -> str:
    """Return the id under which the call back of a number waits: there is never more than one."""
    return f"back-{mark}"


def open_promise(state: QueueState, mark: str) -> Waiter | None:
    """Return the call back that a number was promised and still waits for."""
    waiter = state.waiters.get(id_of(mark))
    return waiter if waiter and waiter.state not in ("talked", "left") else None


def promise_callback(
    state: QueueState, line: Hotline, waiter: Waiter, call: str, now: float
) -> tuple[QueueState, CallbackPromise]:
    """Let a caller wait for a call back from where the call stands in the queue; return what is promised."""
    promised = open_promise(state, waiter.mark) if waiter.mark else state.waiters.get(_id(waiter))
    on_line = state.waiters.get(call)
    if on_line and on_line.state in ("waiting", "ringing"):
        state = state.put(left(on_line, "callback", now))
        state = offers.fail(state, on_line.offer, "canceled", now)
        waiter = replace(waiter, entered=min(waiter.entered, on_line.entered))
    if promised is None:
        promised = _promised(state, line, waiter, now)
        state = state.put(promised)
    return state, CallbackPromise(by=local(promised.by).isoformat(timespec="minutes"), reference=promised.reference)


def _id(waiter: Waiter) -> str:
    return id_of(waiter.mark or waiter.id)


def _promised(state: QueueState, line: Hotline, waiter: Waiter, now: float) -> Waiter:
    back = replace(waiter, id=_id(waiter), by=now, reference=_reference(state, _id(waiter), now))
    seconds = expected(state, line, back.desk, position(state.put(back), line, back, now), now)
    hours = line.hours_of(desk_of(line, back.desk).hours)
    opens = hours.next_opening(now) if hours else None
    begins = max(now, opens.timestamp()) if opens else now
    return replace(back, by=_quarter(begins + (UNKNOWN_WAIT if seconds is None else seconds * MARGIN)))


def _quarter(at: float) -> float:
    """Round up to the quarter hour, at least a minute ahead."""
    return math.ceil((at + 60) / _QUARTER) * _QUARTER


def _reference(state: QueueState, promise_id: str, now: float) -> str:
    """Return eight digits that a caller can quote: the day, and four that no other open promise of it has."""
    day = local(now)
    first = int.from_bytes(hashlib.blake2b(f"{promise_id}{day.date()}".encode(), digest_size=4).digest(), "big")
    taken = {waiter.reference for waiter in state.waiters.values()}
    references = (f"{day:%m%d}{(first + step) % 10_000:04d}" for step in range(10_000))
    return next((reference for reference in references if reference not in taken), f"{day:%m%d}{first:010d}")


def tried(state: QueueState, line: Hotline, waiter: Waiter, now: float) -> QueueState:
    """Note that the caller could not be reached: another try later, or none."""
    rules = line.waiting
    after = replace(waiter, tries=waiter.tries + 1, not_before=now + rules.call_back_retry)
    return state.put(left(after, UNREACHED, now) if after.tries >= rules.call_back_tries else after)


def not_reached(state: QueueState, line: Hotline, leg: str, now: float) -> QueueState:
    """Take note that an agent was there, but the caller did not pick up: the agent is free, the caller tried later."""
    offer = state.offers.get(leg)
    if offer is None or offer.state != "taken":
        return state
    state = state.put(replace(offer, state="failed", how="not_reached", ended=now))
    agent, waiter = state.agents.get(offer.agent), state.waiters.get(offer.waiter)
    if agent and agent.offer == leg:
        state = state.put(offers.after_failure(agent, "lost", now))
    if waiter and waiter.offer == leg:
        state = tried(state, line, replace(waiter, state="waiting", offer=""), now)
    return state


def broke_off(state: QueueState, line: Hotline, leg: str, now: float) -> QueueState:
    """End an agent's leg of which nobody said whether the caller was reached; that they picked up, or how long it took.

    When in doubt the caller is called again: a promise that is kept twice is better than one that is broken.
    """
    offer = state.offers.get(leg)
    if offer is None or offer.state != "taken":
        return state
    if offer.picked_up or now - offer.taken > SURELY_TALKED:
        return offers.finish(state, line, leg, now)
    return not_reached(state, line, leg, now)


def is_hopeless(state: QueueState, line: Hotline, waiter: Waiter, now: float, *, places: bool) -> bool:
    """Tell whether the queue cannot keep a promise: called in vain, no number, no calls to be had, or far too late."""
    if waiter.state != "waiting":
        return waiter.state == "left" and waiter.why == UNREACHED
    if not waiter.mark or not places or now > waiter.by + LONG_OVERDUE:
        return True
    if now <= waiter.by - IN_TIME:
        return False
    agents = (agent for agent in state.agents.values() if may_serve(line, agent, waiter.desk))
    return not is_due(replace(waiter, not_before=0.0), line, now) or not any(map(is_signed_on, agents))
