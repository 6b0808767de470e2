"""Call backs: a caller who gives up the line keeps the place, and is called when an agent has answered. Pure.

The agent is rung first, then the caller: nobody is called only to wait. One attempt at a time, so many in all.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from ..calendar import local
from ..flow.model import Line
from . import offers
from .estimate import MARGIN, expected, position
from .floor import Floor, Waiter
from .presence import desk_of
from .tidying import left

UNKNOWN_WAIT = 1_800.0
"""Seconds that are promised while nobody knows how long it takes."""
QUARTER = 900
_CALLABLE = re.compile(r"\+86(1[3-9]\d{9}|10\d{8}|2\d{9}|[3-9]\d{9,10})")
"""Mainland mobile and fixed-line numbers: nobody can have us ring a premium number abroad."""


def may_be_called(number: str) -> bool:
    """Tell whether calls may go to a number."""
    return _CALLABLE.fullmatch(number) is not None


def id_of(mark: str) -> str:
    """Return the id under which the call back of a number waits: there is never more than one."""
    return f"back-{mark}"


def promise(floor: Floor, line: Line, waiter: Waiter, call: str, now: float) -> tuple[Floor, Mapping[str, Any]]:
    """Let a caller wait for a call back from where the call stands in the queue; return what is promised."""
    known = floor.waiters.get(id_of(waiter.mark))
    on_line = floor.waiters.get(call)
    if on_line and on_line.state == "waiting":
        floor = floor.put(left(on_line, "callback", now))
        waiter = replace(waiter, entered=min(waiter.entered, on_line.entered))
    if known is None or known.state in ("talked", "left"):
        known = _promised(floor, line, waiter, now)
        floor = floor.put(known)
    return floor, {"by": local(known.by).isoformat(timespec="minutes"), "reference": known.reference}


def _promised(floor: Floor, line: Line, waiter: Waiter, now: float) -> Waiter:
    back = replace(waiter, id=id_of(waiter.mark), by=now, reference=_reference(waiter.mark, now))
    seconds = expected(floor, line, back.desk, position(floor.put(back), line, back, now), now)
    hours = line.hours_of(desk_of(line, back.desk).hours)
    opens = hours.next_opening(now) if hours else None
    begins = max(now, opens.timestamp()) if opens else now
    return replace(back, by=_quarter(begins + (UNKNOWN_WAIT if seconds is None else seconds * MARGIN)))


def _quarter(at: float) -> float:
    """Round up to the quarter hour, at least a minute ahead."""
    return math.ceil((at + 60) / QUARTER) * QUARTER


def _reference(mark: str, now: float) -> str:
    """Return eight digits that a caller can quote: the day, and four that tell callers of a day apart."""
    day = local(now)
    told = int.from_bytes(hashlib.blake2b(f"{mark}{day.date()}".encode(), digest_size=4).digest(), "big")
    return f"{day:%m%d}{told % 10_000:04d}"


SURELY_TALKED = 60.0
"""Seconds after which a caller who had not picked up would have been given up: twice the time of ringing."""


def tried(floor: Floor, line: Line, waiter: Waiter, now: float) -> Floor:
    """Note that the caller could not be reached: another try later, or none."""
    rules = line.waiting
    after = replace(waiter, tries=waiter.tries + 1, not_before=now + rules.call_back_retry)
    return floor.put(left(after, "unreached", now) if after.tries >= rules.call_back_tries else after)


def not_reached(floor: Floor, line: Line, leg: str, now: float) -> Floor:
    """Take note that an agent was there, but the caller did not pick up: the agent is free, the caller tried later."""
    found = floor.offers.get(leg)
    if found is None or found.state != "taken":
        return floor
    floor = floor.put(replace(found, state="failed", how="not_reached", ended=now))
    agent, waiter = floor.agents.get(found.agent), floor.waiters.get(found.waiter)
    if agent and agent.offer == leg:
        floor = floor.put(offers.after_failure(agent, "lost", now))
    if waiter and waiter.offer == leg:
        floor = tried(floor, line, replace(waiter, state="waiting", offer=""), now)
    return floor


def broke_off(floor: Floor, line: Line, leg: str, now: float) -> Floor:
    """End an agent's leg of which nobody said whether the caller was reached; how long it took tells.

    When in doubt the caller is called again: a promise that is kept twice is better than one that is broken.
    """
    found = floor.offers.get(leg)
    if found is None or found.state != "taken":
        return floor
    if now - found.taken > SURELY_TALKED:
        return offers.finish(floor, line, leg, now)
    return not_reached(floor, line, leg, now)
