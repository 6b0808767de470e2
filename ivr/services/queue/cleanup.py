"""Takes away what is over: waiters who vanished, places nobody came back for, legs that ended long ago. Pure."""

from __future__ import annotations

from msgspec.structs import replace

from ivr.flow.model import Line, Waiting

from .availability import GONE, GRACE, REMEMBERED, UNREACHED, is_over
from .offers import expire
from .state import Floor, Waiter

EVERY = 1.0
"""Seconds between two looks: what vanishes is missed sooner by the order than by the broom."""


def tidied(floor: Floor, line: Line, now: float) -> Floor:
    """Return the floor without what is over; the place of whoever vanished is kept as if they had hung up."""
    floor = expire(floor, line, now)
    rules = line.waiting
    vanished = [waiter for waiter in floor.waiters.values() if _has_vanished(waiter, rules, now)]
    floor = floor.put(*(left(waiter, "gone", waiter.seen) for waiter in vanished)) if vanished else floor
    past = [waiter for waiter in floor.waiters.values() if _is_past(waiter, rules, now)]
    offers = [offer for offer in floor.offers.values() if is_over(offer) and now - offer.ended > REMEMBERED]
    return floor.drop(*past, *offers) if past or offers else floor


def left(waiter: Waiter, why: str, at: float) -> Waiter:
    """Return a waiter who has left the queue."""
    return replace(waiter, state="left", why=why, ended=at, offer="")


def keeps_place(waiter: Waiter, rules: Waiting, now: float) -> bool:
    """Tell whether this caller dropped out and may still come back to the same place."""
    return waiter.state == "left" and waiter.why == "gone" and now - waiter.ended <= rules.place_kept


def _has_vanished(waiter: Waiter, rules: Waiting, now: float) -> bool:
    if waiter.state != "waiting" or waiter.calls_back:
        return False
    return now - waiter.seen > rules.piece + GRACE + GONE


def _is_past(waiter: Waiter, rules: Waiting, now: float) -> bool:
    if waiter.state not in ("talked", "left") or keeps_place(waiter, rules, now):
        return False
    if waiter.calls_back and waiter.why == UNREACHED:
        return False  # a promise that nobody has taken over yet
    return now - waiter.ended > REMEMBERED
