"""Removes waiters who have vanished, places that were kept in vain, and legs that ended long ago. Pure functions."""

from __future__ import annotations

from msgspec.structs import replace

from ivr.flow.model import Hotline
from ivr.flow.waiting import Waiting

from .availability import GONE, GRACE, REMEMBERED, UNREACHED, is_over
from .offers import expire
from .state import QueueState, Waiter

EVERY = 1.0
"""The seconds between two cleanups. Availability does not depend on them."""
WITHOUT_AGENTS = "without_agents"
"""Why a waiter left whose agents had all signed off. In the same call the time of coming still counts."""


def tidied(state: QueueState, line: Hotline, now: float) -> QueueState:
    """Return the state after a cleanup. The place of a vanished caller is kept as after a hang-up."""
    state = expire(state, line, now)
    rules = line.waiting
    vanished = [waiter for waiter in state.waiters.values() if _has_vanished(waiter, rules, now)]
    # From the last sign of the caller on, not from now: the time for which a place is kept has begun then.
    # A clock that jumps, or a store that was gone, lets callers vanish who are there: their places are still kept.
    earliest = now - _silence(rules) - EVERY
    state = state.put(*(left(waiter, "gone", max(waiter.seen, earliest)) for waiter in vanished)) if vanished else state
    past = [waiter for waiter in state.waiters.values() if _is_past(waiter, rules, now)]
    offers = [offer for offer in state.offers.values() if is_over(offer) and now - offer.ended > REMEMBERED]
    return state.drop(*past, *offers) if past or offers else state


def left(waiter: Waiter, why: str, at: float) -> Waiter:
    """Return a waiter who has left the queue."""
    return replace(waiter, state="left", why=why, ended=at, offer="")


def keeps_place(waiter: Waiter, rules: Waiting, now: float) -> bool:
    """Return whether a caller who dropped out may still return to the same place."""
    return waiter.state == "left" and waiter.why == "gone" and now - waiter.ended <= rules.place_kept


def came_before(waiter: Waiter, rules: Waiting, now: float) -> bool:
    """Return whether the time of coming of an ended wait still counts for the same call."""
    if waiter.state == "left" and waiter.why == WITHOUT_AGENTS:
        return now - waiter.ended <= rules.place_kept
    return keeps_place(waiter, rules, now)


def _has_vanished(waiter: Waiter, rules: Waiting, now: float) -> bool:
    if waiter.state != "waiting" or waiter.calls_back:
        return False
    return now - waiter.seen > _silence(rules)


def _silence(rules: Waiting) -> float:
    """Return the seconds without a request after which a waiter on the line has vanished."""
    return rules.piece + GRACE + GONE


def _is_past(waiter: Waiter, rules: Waiting, now: float) -> bool:
    if waiter.state not in ("talked", "left") or keeps_place(waiter, rules, now):
        return False
    if waiter.calls_back and waiter.why == UNREACHED:
        return False  # people have not taken over this promise yet
    return now - waiter.ended > REMEMBERED
