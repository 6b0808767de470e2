"""What is to be done outside of any call, and the claims for it on the floor. Pure: `dispatch.py` does it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Literal

from msgspec.structs import replace

from ivr.flow.model import Line

from . import offers
from .availability import GRACE, is_over
from .callbacks import is_hopeless
from .cleanup import left
from .matching import match
from .state import Floor, Offer, Waiter

CLAIMED = 10.0
"""Seconds that a move has to be followed before it is tried again."""
HANDING_ON = 60.0
"""Seconds that handing a promise on may take before another process does it."""
SHOWN_LATE = 30.0
"""Seconds after which a ringing is old news for a screen."""
PLACE_AGAIN = 60.0


@dataclass(frozen=True)
class Deed:
    """One thing to do: move a waiter, ring an agent for a call back, show a caller, or give a promise up."""

    what: Literal["move", "place", "show", "give_up"]
    waiter: Waiter
    offer: Offer | None = None


def plan(floor: Floor, line: Line, now: float, *, moves: bool, places: bool, shows: bool) -> tuple[Floor, list[Deed]]:
    """Claim what is due and return it."""
    floor, hopeless = _given_up(floor, line, now, places=places)
    floor, paired = _paired(floor, line, now, moves=moves, places=places)
    floor, shown = _shown(floor, now) if shows else (floor, [])
    return floor, [*hopeless, *paired, *shown]


def _paired(floor: Floor, line: Line, now: float, *, moves: bool, places: bool) -> tuple[Floor, list[Deed]]:
    found: list[Deed] = []
    for pair in match(floor, line, now, calls_back=places) if moves or places else ():
        waiter = pair.waiter
        if waiter.calls_back and is_hopeless(floor, line, waiter, now, places=places):
            continue  # people take over
        if waiter.calls_back:
            floor, made = offers.offer(floor, line, pair, new_id=secrets.token_hex(12), key="", now=now)
            found.append(Deed("place", floor.waiters[waiter.id], made))
        elif moves and not 0 <= now - waiter.moved < CLAIMED:
            floor = floor.put(replace(waiter, moved=now))
            found.append(Deed("move", waiter))
    return floor, found


def _shown(floor: Floor, now: float) -> tuple[Floor, list[Deed]]:
    found = []
    for offer in floor.offers.values():
        if offer.shown or is_over(offer) or now - offer.made > SHOWN_LATE:
            continue
        if waiter := floor.waiters.get(offer.waiter):
            found.append(Deed("show", waiter, offer))
    return floor.put(*(replace(deed.offer, shown=True) for deed in found if deed.offer)), found


def _given_up(floor: Floor, line: Line, now: float, *, places: bool) -> tuple[Floor, list[Deed]]:
    claimed = [
        replace(waiter, moved=now)
        for waiter in floor.waiters.values()
        if waiter.calls_back
        and not 0 <= now - waiter.moved < HANDING_ON
        and is_hopeless(floor, line, waiter, now, places=places)
    ]
    return floor.put(*claimed), [Deed("give_up", waiter) for waiter in claimed]


def handed_on(floor: Floor, waiter_id: str, now: float) -> Floor:
    """Note that people take care of a promise now."""
    waiter = floor.waiters.get(waiter_id)
    return floor.put(left(waiter, "handed_on", now)) if waiter and not waiter.offer else floor


def out_of_reach(floor: Floor, waiter_id: str, line: Line, now: float) -> Floor:
    """Pass over a waiter whom the carrier could not move, until the line asks by itself."""
    waiter = floor.waiters.get(waiter_id)
    if waiter is None or waiter.state != "waiting":
        return floor
    return floor.put(replace(waiter, seen=min(waiter.seen, now - line.waiting.piece - GRACE - 1)))


def not_placed(floor: Floor, offer_id: str, now: float) -> Floor:
    """Take back a call back that the carrier did not place: no fault of the agent's, so try again a little later."""
    found = floor.offers.get(offer_id)
    floor = offers.fail(floor, offer_id, "canceled", now)
    waiter = floor.waiters.get(found.waiter) if found else None
    return floor.put(replace(waiter, not_before=now + PLACE_AGAIN)) if waiter and not waiter.offer else floor
