"""Call backs: a caller gives up the line, keeps the place, and is called once an agent has answered. Pure functions.

The agent is rung before the caller, so that no caller is called only to wait. Attempts are made one at a time.
"""

from __future__ import annotations

import hashlib
import math

from msgspec.structs import replace

from ivr.calendar import local
from ivr.engine.service_ports.queue import CallbackPromise
from ivr.flow.model import Hotline

from . import offers
from .access import may_serve
from .availability import UNREACHED, desk_of, is_due, is_signed_on
from .cleanup import came_before, left
from .state import QueueState, Waiter
from .wait_time import MARGIN, expected, position

UNKNOWN_WAIT = 1_800.0
"""The seconds that are promised while the wait cannot be estimated."""
URGENT_WAIT = 600.0
"""The most seconds that are promised to callers who go before all others, at any hour: a lost card, a fraud."""
_QUARTER = 900
IN_TIME = 900.0
"""The seconds before the promised time at which people take over if no agent is at the desk."""
LONG_OVERDUE = 3_600.0
"""The seconds after the promised time at which people take over in any case."""
ON_THE_LINE = 1_800.0
"""The seconds for which the call that asked for a call back is taken to be live, while its end is not reported."""
SURELY_TALKED = 60.0
"""The seconds after which the caller must have picked up: twice the time of ringing."""


def id_of(mark: str) -> str:
    """Return the id of the waiter for the call back of a number. A number has at most one."""
    return f"back-{mark}"


def open_promise(state: QueueState, mark: str) -> Waiter | None:
    """Return the open call back of a number; None if it has none."""
    waiter = state.waiters.get(id_of(mark))
    return waiter if waiter and waiter.state not in ("talked", "left") else None


def promise_callback(
    state: QueueState, line: Hotline, waiter: Waiter, call: str, now: float
) -> tuple[QueueState, CallbackPromise]:
    """Turn a caller's place in the queue into a call back; return the promise."""
    promised = open_promise(state, waiter.mark) if waiter.mark else state.waiters.get(_id(waiter))
    on_line = state.waiters.get(call)
    if on_line and on_line.state == "left" and came_before(on_line, line.waiting, now):
        waiter = replace(waiter, entered=min(waiter.entered, on_line.entered))
    # The place of the caller on the line goes over to the call back; an agent who is being rung is let go.
    if on_line and on_line.state in ("waiting", "ringing"):
        state = state.put(left(on_line, "callback", now))
        state = offers.fail(state, on_line.offer, "canceled", now)
        waiter = replace(waiter, entered=min(waiter.entered, on_line.entered))
    if promised is None:
        promised = _promised(state, line, waiter, now)
        state = state.put(promised)
    by, minutes = local(promised.by).isoformat(timespec="minutes"), max(0, math.ceil((promised.by - now) / 60))
    return state, CallbackPromise(by=by, minutes=minutes, reference=promised.reference)


def released(state: QueueState, call: str, now: float) -> QueueState:
    """Let the call back be made that an ended call has asked for. A live line would only be busy."""
    backs = (waiter for waiter in state.waiters.values() if waiter.calls_back and waiter.call == call)
    waiting = [back for back in backs if back.state == "waiting" and not back.tries and back.not_before > now]
    return state.put(*(replace(back, not_before=now) for back in waiting)) if waiting else state


def _id(waiter: Waiter) -> str:
    return id_of(waiter.mark or waiter.id)


def _promised(state: QueueState, line: Hotline, waiter: Waiter, now: float) -> Waiter:
    back = replace(waiter, id=_id(waiter), call=waiter.id, by=now, reference=_reference(state, _id(waiter), now))
    seconds = expected(state, line, back.desk, position(state.put(back), line, back, now), now)
    hours = line.hours_of(desk_of(line, back.desk).hours)
    opens = hours.next_opening(now) if hours else None
    begins = max(now, opens.timestamp()) if opens else now
    # The end of the call sets it to now; this is for a carrier that never reports the end.
    back = replace(back, not_before=now + ON_THE_LINE)
    if back.priority in line.waiting.preempting:
        wait = URGENT_WAIT if seconds is None else min(URGENT_WAIT, seconds * MARGIN)
        return replace(back, by=_minute(now + max(wait, 60.0)))
    return replace(back, by=_quarter(begins + (UNKNOWN_WAIT if seconds is None else seconds * MARGIN)))


def _quarter(at: float) -> float:
    """Return a time rounded up to the quarter hour, at least a minute later."""
    return math.ceil((at + 60) / _QUARTER) * _QUARTER


def _minute(at: float) -> float:
    """Return a time rounded up to the minute."""
    return math.ceil(at / 60) * 60.0


def _reference(state: QueueState, promise_id: str, now: float) -> str:
    """Return a reference of eight digits: the day, and four digits that no other open promise of that day has."""
    day = local(now)
    # Drawn from the promise, so that a turn that is run again reads the same number to the caller.
    first = int.from_bytes(hashlib.blake2b(f"{promise_id}{day.date()}".encode(), digest_size=4).digest(), "big")
    taken = {waiter.reference for waiter in state.waiters.values()}
    references = (f"{day:%m%d}{(first + step) % 10_000:04d}" for step in range(10_000))
    return next((reference for reference in references if reference not in taken), f"{day:%m%d}{first:010d}")


def tried(state: QueueState, line: Hotline, waiter: Waiter, now: float) -> QueueState:
    """Record that the caller was not reached; plan another try, or end the call back after the last."""
    rules = line.waiting
    after = replace(waiter, tries=waiter.tries + 1, not_before=now + rules.call_back_retry)
    return state.put(left(after, UNREACHED, now) if after.tries >= rules.call_back_tries else after)


def not_reached(state: QueueState, line: Hotline, leg: str, now: float) -> QueueState:
    """Record that the caller did not pick up: free the agent and try the caller later."""
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
    """End an agent's leg without a report on the caller's leg; its duration decides whether the caller was reached.

    In doubt the caller is called again, because a second call is better than a broken promise.
    """
    offer = state.offers.get(leg)
    if offer is None or offer.state != "taken":
        return state
    if offer.picked_up or now - offer.taken > SURELY_TALKED:
        return offers.finish(state, line, leg, now)
    return not_reached(state, line, leg, now)


def is_hopeless(state: QueueState, line: Hotline, waiter: Waiter, now: float, *, places: bool) -> bool:
    """Return whether people must take over: all tries failed, no number, no calls can be placed, or it is too late."""
    if waiter.state != "waiting":
        return waiter.state == "left" and waiter.why == UNREACHED
    if not waiter.mark or not places or now > waiter.by + LONG_OVERDUE:
        return True
    if now <= waiter.by - IN_TIME:
        return False
    agents = (agent for agent in state.agents.values() if may_serve(line, agent, waiter.desk))
    return not is_due(replace(waiter, not_before=0.0), line, now) or not any(map(is_signed_on, agents))
