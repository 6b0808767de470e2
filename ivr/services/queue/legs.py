"""The agent's leg: the whisper that the agent hears, the key that accepts the call, and how the leg ended.

The id of a leg is that of its offer. Late and repeated events, and those of an ended leg, change nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from msgspec.structs import replace

from ivr.crypto import Seal
from ivr.flow.model import Hotline

from . import agent_context, callbacks, offers
from .last_agent import LastAgent
from .repository import QueueRepository
from .state import Offer, QueueState, Waiter

ACCEPT = "1"
"""The key with which an agent accepts a call; any other key refuses it."""
CALL_BACK_RING = 30
"""The seconds for which a caller who is called back is rung."""

FAILURES: Mapping[str, offers.OfferFailure] = {
    "busy": "busy",
    "failed": "failed",
    "no-answer": "no_answer",
    "canceled": "canceled",
}
"""The result of an unaccepted leg by the carrier's status; "completed" was picked up, but not accepted."""


@dataclass(frozen=True)
class Whisper:
    """The facts that the agent hears before the caller. `typed` is masked; `name` and `reason` may be empty."""

    language: str
    name: str
    desk: str
    priority: str
    level: int
    reason: str
    typed: Mapping[str, str] = field(default_factory=dict)
    waited: int = 0
    call_back: bool = False


@dataclass(frozen=True)
class KeyPressed:
    """The result of a key: the call is accepted, refused, or gone. For a call back `dial` is rung, in `language`."""

    state: Literal["taken", "refused", "gone"]
    dial: str = ""
    language: str = ""
    timeout: int = CALL_BACK_RING
    record: bool = False


class Legs:
    """The legs of all agents."""

    def __init__(self, repository: QueueRepository, last_agents: LastAgent, seal: Seal, line: Hotline) -> None:
        self._repository, self._last_agents, self._seal, self._line = repository, last_agents, seal, line

    def answered(self, leg: str, now: float, *, call: str = "") -> Whisper | None:
        """Record that an agent has picked up; return the whisper, or None when the caller has gone.

        `call` is the carrier's id of the leg, here and in `key`.
        """

        def answer(state: QueueState) -> tuple[QueueState, tuple[Offer, Waiter] | None]:
            after = offers.of_call(offers.answered(state, leg, now), leg, call)
            return after, _live(after, leg)

        answering = self._repository.change(answer)
        return self._whisper(*answering, now) if answering else None

    def key(self, leg: str, key: str, now: float, *, call: str = "") -> KeyPressed:
        """Process the agent's key. Without a key, a mailbox has picked up."""

        def press(state: QueueState) -> tuple[QueueState, tuple[Offer, Waiter] | None]:
            if key == ACCEPT:
                after = offers.of_call(offers.take(state, leg, now), leg, call)
                return after, _live(after, leg)
            # Without a key, a mailbox or a pocket has answered: the agent is paused, or every next caller would be sent
            # there.
            return offers.fail(state, leg, "refused" if key else "no_answer", now), None

        pressed = self._repository.change(press)
        if pressed and pressed[0].state == "taken":
            offer, waiter = pressed
            self._last_agents.note(waiter.mark, offer.agent, now)
            number = self._number(waiter) if waiter.calls_back else ""
            return KeyPressed("taken", number, waiter.language, record=offer.record)
        return KeyPressed("gone" if key == ACCEPT else "refused")

    def picked_up(self, leg: str, now: float) -> None:
        """Record that a caller who is called back has answered and so was reached, however the leg ends."""

        def note(state: QueueState) -> tuple[QueueState, None]:
            offer = _live(state, leg)
            if offer is None or offer[0].state != "taken" or offer[0].picked_up or not offer[1].calls_back:
                return state, None
            return state.put(replace(offer[0], picked_up=now)), None

        self._repository.change(note)

    def reached(self, leg: str, status: str, now: float) -> None:
        """Record how the dialling of a caller who is called back ended: talked to, or to be tried again."""

        def note(state: QueueState) -> tuple[QueueState, None]:
            offer = _live(state, leg)
            if offer is None or not offer[1].calls_back:
                return state, None
            if status in ("completed", "answered"):
                return offers.finish(state, self._line, leg, now), None
            return callbacks.not_reached(state, self._line, leg, now), None

        self._repository.change(note)

    def ended(self, leg: str, status: str, now: float) -> None:
        """Record the end of an agent's leg by the carrier's status."""

        def end(state: QueueState) -> tuple[QueueState, None]:
            offer = state.offers.get(leg)
            if offer is None:
                return state, None
            if offer.state != "taken":
                return offers.fail(state, leg, how_it_failed(offer, status), now), None
            waiter = state.waiters.get(offer.waiter)
            # The agent's leg contains the customer's: whether that one was reached is not part of this report.
            if waiter and waiter.calls_back:
                return callbacks.broke_off(state, self._line, leg, now), None
            return offers.finish(state, self._line, leg, now), None

        self._repository.change(end)

    def goes_on(self, leg: str) -> None:
        """Record that a talk goes on, as the carrier says."""
        self._repository.change(lambda state: (offers.goes_on(state, leg), None))

    def _whisper(self, offer: Offer, waiter: Waiter, now: float) -> Whisper:
        context = agent_context.unseal_context(waiter.sealed, self._seal)
        return Whisper(
            waiter.language,
            context.name,
            offer.desk,
            waiter.priority,
            waiter.level,
            context.reason,
            context.typed,
            int(max(0.0, offer.made - waiter.entered)),
            waiter.calls_back,
        )

    def _number(self, waiter: Waiter) -> str:
        return agent_context.unseal_context(waiter.sealed, self._seal).number


def how_it_failed(offer: Offer, status: str) -> offers.OfferFailure:
    """Return the result of an unaccepted leg. An agent who picks up and presses no key was not reached."""
    return FAILURES.get(status, "refused" if offer.answered else "no_answer")


def _live(state: QueueState, leg: str) -> tuple[Offer, Waiter] | None:
    """Return a current leg and its waiter."""
    offer = state.offers.get(leg)
    waiter = state.waiters.get(offer.waiter) if offer else None
    if offer is None or waiter is None or waiter.offer != leg:
        return None
    return (offer, waiter) if offer.state in ("ringing", "answered", "taken") else None
