"""The actions that are due outside of calls, and their claims on the state. Pure; dispatcher.py does the actions."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Literal

from msgspec.structs import replace

from ivr.flow.model import Hotline

from . import offers
from .availability import GRACE, is_over
from .callback_log import HANDED_ON
from .callbacks import is_hopeless
from .cleanup import left
from .matching import match
from .state import Offer, QueueState, Waiter

CLAIMED = 10.0
"""The seconds after which a move without effect is tried again."""
HANDING_ON = 60.0
"""The seconds after which another process may hand a promise to people."""
SHOWN_LATE = 30.0
"""The seconds after which a ringing call is no longer shown on a screen."""
PLACE_AGAIN = 60.0
ASK_EVERY = 120.0
"""The seconds after which the carrier is asked whether a talk goes on whose end was not reported."""


@dataclass(frozen=True)
class Action:
    """Move a waiter, ring an agent for a call back, show a caller, hand a promise to people, or ask of a talk."""

    what: Literal["move", "place", "show", "give_up", "ask"]
    waiter: Waiter
    offer: Offer | None = None


def plan(
    state: QueueState, line: Hotline, now: float, *, moves: bool, places: bool, shows: bool
) -> tuple[QueueState, list[Action]]:
    """Claim the actions that are due; return the new state and the actions."""
    state, hopeless = _given_up(state, line, now, places=places)
    state, paired = _paired(state, line, now, moves=moves, places=places)
    state, shown = _shown(state, now) if shows else (state, [])
    state, asked = _asked(state, now) if moves else (state, [])
    return state, [*hopeless, *paired, *shown, *asked]


def _paired(
    state: QueueState, line: Hotline, now: float, *, moves: bool, places: bool
) -> tuple[QueueState, list[Action]]:
    actions: list[Action] = []
    for pair in match(state, line, now, calls_back=places) if moves or places else ():
        waiter = pair.waiter
        if waiter.calls_back and is_hopeless(state, line, waiter, now, places=places):
            continue  # people make this call back
        if waiter.calls_back:
            state, made = offers.offer(state, line, pair, new_id=secrets.token_hex(12), key="", now=now)
            actions.append(Action("place", state.waiters[waiter.id], made))
        elif moves and not 0 <= now - waiter.moved < CLAIMED:
            # Claimed on the board before the carrier is asked: another process must not move the same caller.
            state = state.put(replace(waiter, moved=now))
            actions.append(Action("move", waiter))
    return state, actions


def _shown(state: QueueState, now: float) -> tuple[QueueState, list[Action]]:
    actions = []
    for offer in state.offers.values():
        if offer.shown or is_over(offer) or now - offer.made > SHOWN_LATE:
            continue
        if waiter := state.waiters.get(offer.waiter):
            actions.append(Action("show", waiter, offer))
    # Claimed, not reported: a screen that fails misses one caller, and none is shown twice.
    return state.put(*(replace(action.offer, shown=True) for action in actions if action.offer)), actions


def _asked(state: QueueState, now: float) -> tuple[QueueState, list[Action]]:
    """Claim the talks of which the carrier is asked: without news for a while, or over by the agent's word."""
    actions = []
    for offer in state.offers.values():
        waiter = state.waiters.get(offer.waiter)
        if offer.state != "taken" or not offer.call or waiter is None:
            continue
        due = offer.asked + CLAIMED if offer.doubted else max(offer.taken, offer.asked) + ASK_EVERY
        if now >= due:
            actions.append(Action("ask", waiter, replace(offer, asked=now)))
    return state.put(*(action.offer for action in actions if action.offer)), actions


def _given_up(state: QueueState, line: Hotline, now: float, *, places: bool) -> tuple[QueueState, list[Action]]:
    claimed = [
        replace(waiter, moved=now)
        for waiter in state.waiters.values()
        if waiter.calls_back
        and not 0 <= now - waiter.moved < HANDING_ON
        and is_hopeless(state, line, waiter, now, places=places)
    ]
    return state.put(*claimed), [Action("give_up", waiter) for waiter in claimed]


def handed_on(state: QueueState, waiter_id: str, now: float) -> QueueState:
    """Record that people have taken over a promise."""
    waiter = state.waiters.get(waiter_id)
    return state.put(left(waiter, HANDED_ON, now)) if waiter and not waiter.offer else state


def out_of_reach(state: QueueState, waiter_id: str, line: Hotline, now: float) -> QueueState:
    """Mark a waiter whom the carrier could not move as absent, until the waiter's next request."""
    waiter = state.waiters.get(waiter_id)
    if waiter is None or waiter.state != "waiting":
        return state
    return state.put(replace(waiter, seen=min(waiter.seen, now - line.waiting.piece - GRACE - 1)))


def not_placed(state: QueueState, offer_id: str, now: float) -> QueueState:
    """Take back a call back that the carrier did not place: free the agent and try again a little later."""
    offer = state.offers.get(offer_id)
    state = offers.fail(state, offer_id, "canceled", now)
    waiter = state.waiters.get(offer.waiter) if offer else None
    return state.put(replace(waiter, not_before=now + PLACE_AGAIN)) if waiter and not waiter.offer else state
