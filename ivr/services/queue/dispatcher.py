"""Dispatches the queue outside of turns: moves waiters to agents, places call backs, hands on failed promises.

Every process may run a dispatcher. An action is claimed on the board before it is done, so it is done once. The claims
of a process that died run out.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Protocol

from ivr.engine.ports import Calls
from ivr.errors import CarrierFailed
from ivr.jobs.outbox import KeyedMessage, Message
from ivr.jobs.repeating import RepeatedJob
from ivr.net.threads import ThreadPool

from . import offers, plan
from .agent_context import unseal_context
from .callback_failure import CallbackFailure, callback_failure
from .screen_pop import screen
from .service import Queue
from .state import Offer, QueueState, Waiter

_EVERY_SECONDS = 1.0
GATHER_SECONDS = 0.02
"""The seconds within which several changes cause one round."""
_THREADS = 8
MOST_UNDER_WAY = 64
"""The most concurrent requests to carrier and screens; the next round does the rest, and screens may miss some."""


class Threads(Protocol):
    """The threads for requests to carrier and screens, outside of the round."""

    def submit(self, work: Callable[[], None]) -> Future[None] | None:
        """Start work in a thread; return None when too much is under way."""

    def close(self) -> None:
        """Wait for the work that is under way."""


class Dispatcher(RepeatedJob):
    """Runs a round about once a second and after every change of this process.

    `calls` moves and places calls; without it waiters ask by themselves, and call backs go to `gave_up`, which must
    be idempotent. `show` shows a ringing call in the agents' software. `failed` gets the errors.
    """

    def __init__(
        self,
        queue: Queue,
        *,
        calls: Calls | None,
        gave_up: Callable[[CallbackFailure], None],
        failed: Callable[[str, Exception], None],
        show: Callable[[Message], None] | None = None,
        clock: Callable[[], float] = time.time,
        threads: Threads | None = None,
    ) -> None:
        super().__init__("ivr-dispatch", every=_EVERY_SECONDS, gather=GATHER_SECONDS)
        self._queue, self._calls, self._gave_up, self._failed = queue, calls, gave_up, failed
        self._show_on_screen, self._clock = show, clock
        self._threads = threads or ThreadPool(_THREADS, "ivr-dispatches", queue=MOST_UNDER_WAY - _THREADS)

    def start(self) -> None:
        """Start, and dispatch at once what this process changes."""
        self._queue.repository.changed = self.wake
        super().start()

    def stop(self) -> None:
        """Stop after the work that is under way."""
        super().stop()
        self._threads.close()

    def _do_due(self) -> None:
        now = self._clock()
        # First, so that agents whose legs have ended unreported are free for this round.
        self._queue.tidy(now)
        for action in self._queue.repository.change(lambda state: self._plan(state, now)):
            self._soon(action)

    def _report(self, fault: Exception) -> None:
        self._failed("queue", fault)

    def _plan(self, state: QueueState, now: float) -> tuple[QueueState, list[plan.Action]]:
        return plan.plan(
            state,
            self._queue.line,
            now,
            moves=self._calls is not None,
            places=self._queue.places_calls,
            shows=self._show_on_screen is not None,
        )

    def _soon(self, action: plan.Action) -> None:
        """Do an action in a thread of its own. When too many are under way, its claim runs out."""
        if self._threads.submit(lambda: self._do(action)) is None:
            self._failed(action.what, CarrierFailed("too much is under way at once"))

    def _do(self, action: plan.Action) -> None:
        try:
            match action.what:
                case "move":
                    self._move(action.waiter)
                case "place" if action.offer:
                    self._place(action.offer)
                case "show" if action.offer:
                    self._show(action.offer, action.waiter)
                case "ask" if action.offer:
                    self._ask(action.offer)
                case "give_up":
                    self._hand_on(action.waiter)
        except Exception as fault:
            self._failed(action.what, fault)

    def _move(self, waiter: Waiter) -> None:
        assert self._calls is not None  # noqa: S101
        now = self._clock()
        try:
            self._calls.move(waiter.id, at=now)
        except CarrierFailed:
            self._queue.repository.change(
                lambda state: (plan.out_of_reach(state, waiter.id, self._queue.line, now), None)
            )
            raise

    def _place(self, offer: Offer) -> None:
        assert self._calls is not None  # noqa: S101
        agent = self._queue.repository.state().agents.get(offer.agent)
        try:
            if agent is None:
                raise CarrierFailed("the agent was removed")
            self._calls.place(agent.number, offer.id, timeout=offers.RING)
        except CarrierFailed as fault:
            # An unsure request may ring the agent all the same: its leg ends by its time.
            if not fault.unsure:
                now = self._clock()
                self._queue.repository.change(lambda state: (plan.not_placed(state, offer.id, now), None))
            raise

    def _ask(self, offer: Offer) -> None:
        """Ask the carrier whether a talk goes on, and end it here if it has ended there."""
        assert self._calls is not None  # noqa: S101
        if status := self._calls.ending_of(offer.call):
            self._queue.legs.ended(offer.id, status, self._clock())
        else:
            self._queue.legs.goes_on(offer.id)

    def _show(self, offer: Offer, waiter: Waiter) -> None:
        assert self._show_on_screen is not None  # noqa: S101
        agent = self._queue.repository.state().agents.get(offer.agent)
        body = screen(offer, waiter, agent, unseal_context(waiter.sealed, self._queue.seal))
        self._show_on_screen(KeyedMessage(offer.id, body))

    def _hand_on(self, waiter: Waiter) -> None:
        self._gave_up(callback_failure(waiter, unseal_context(waiter.sealed, self._queue.seal)))
        # After the task is written: a process that dies in between hands on once more, under the same key.
        now = self._clock()
        self._queue.repository.change(lambda state: (plan.handed_on(state, waiter.id, now), None))
