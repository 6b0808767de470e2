"""What a caller in the queue is told at one request: ring this agent, wait at that place, or nobody is there. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace

from ivr.flow.model import Line, Waiting

from . import offers
from .availability import desk_of, is_signed_on, may_serve
from .matching import match
from .state import Agent, Floor, Offer, Waiter
from .wait_time import OVER_TEN, expected, position, to_say

Status = Mapping[str, Any]

NO_CALL_BACK_TO = 2
"""Places so near the front that a call back would come later than the agent."""


@dataclass(frozen=True)
class Asking:
    """One request: its key, its time, a name for the leg if one must be rung, and whether calls can be placed."""

    key: str
    now: float
    new_leg: str
    calls_back: bool


def may_enter(floor: Floor, line: Line, desk: str) -> Status | None:
    """Return why nobody can wait for a desk: it has no agents, or none is signed on; None if somebody can."""
    if any(is_signed_on(agent) and may_serve(line, agent, desk) for agent in floor.agents.values()):
        return None
    if any(may_serve(line, agent, desk) for agent in floor.agents.values()):
        return {"state": "nobody"}
    reached = desk_of(line, desk)
    return {"state": "direct", "number": reached.number, "timeout": reached.timeout}


def standing(floor: Floor, line: Line, call: str, asking: Asking) -> tuple[Floor, Status]:
    """Answer a caller who is in the queue. The same key gets the same answer while nothing else has happened."""
    waiter = floor.waiters[call]
    found = floor.offer_of(waiter)
    if found and found.state == "taken":  # the caller's line asks again, so the conversation is over
        floor = offers.finish(floor, line, found.id, asking.now)
        return floor, talked(floor.waiters[call])
    if found and found.key == asking.key:
        return floor, _ring(found, floor.agents.get(found.agent))
    if found:
        floor = offers.fail(floor, found.id, "canceled", asking.now)
    if waiter.state == "talked":
        return floor, talked(waiter)
    floor = floor.put(replace(floor.waiters[call], seen=asking.now))
    if refused := may_enter(floor, line, waiter.desk):
        return floor, refused
    return _served(floor, line, call, asking)


def talked(waiter: Waiter) -> Status:
    """Tell that the caller has talked with an agent, and how long, in seconds."""
    return {"state": "talked", "agent": waiter.agent, "seconds": round(waiter.seconds)}


def _served(floor: Floor, line: Line, call: str, asking: Asking) -> tuple[Floor, Status]:
    for pair in match(floor, line, asking.now, calls_back=asking.calls_back):
        if pair.waiter.id == call:
            floor, made = offers.offer(floor, line, pair, new_id=asking.new_leg, key=asking.key, now=asking.now)
            return floor, _ring(made, pair.agent)
    return _waits(floor, line, floor.waiters[call], asking)


def _ring(found: Offer, agent: Agent | None) -> Status:
    return {
        "state": "ring",
        "agent": found.agent,
        "number": agent.number if agent else "",
        "leg": found.id,
        "timeout": found.timeout,
        "record": found.record,
    }


def _waits(floor: Floor, line: Line, waiter: Waiter, asking: Asking) -> tuple[Floor, Status]:
    rules, now = line.waiting, asking.now
    place = position(floor, line, waiter, now)
    seconds = expected(floor, line, waiter.desk, place, now)
    due = asking.key == waiter.told_key or not waiter.told or now - waiter.told >= interval(rules, waiter.priority)
    if due and asking.key != waiter.told_key:
        said, longer = to_say(seconds, waiter.minutes)
        told = min(place, waiter.position or place)
        kept = waiter.minutes if said is None else said
        waiter = replace(waiter, position=told, minutes=kept, longer=longer, told=now, told_key=asking.key)
        floor = floor.put(waiter)
    status = {
        "state": "wait",
        "position": waiter.position,
        "minutes": None if seconds is None else waiter.minutes,
        "longer": due and waiter.longer,
        "due": due,
        "piece": rules.piece,
        "call_back": asking.calls_back and _offers_call_back(waiter, rules, place, seconds, now),
    }
    return floor, status


def interval(rules: Waiting, priority: str) -> float:
    """Return the seconds between two announcements."""
    return rules.elderly_announce if priority == "elderly" else rules.announce


def _offers_call_back(waiter: Waiter, rules: Waiting, place: int, seconds: float | None, now: float) -> bool:
    """Tell whether to offer a call back: the wait is long, or nobody knows and it has been long already."""
    least = rules.elderly_call_back_from if waiter.priority == "elderly" else rules.call_back_from
    if not waiter.mark or place <= NO_CALL_BACK_TO:
        return False
    if seconds is None:
        return now - waiter.entered >= least
    return seconds >= least or waiter.minutes == OVER_TEN
