"""The service "queue": a caller enters, gets an instruction each round, reports how ringing an agent went, and leaves.

All state is on the board, so any process can answer. A repeated request changes nothing.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from ivr.crypto import Seal
from ivr.engine.ports import Documents
from ivr.engine.service_ports.queue import (
    ENDED,
    AboutCaller,
    AskRound,
    CallbackPromise,
    EnterQueue,
    FindPlace,
    KeptPlace,
    LeaveQueue,
    NoteRang,
    PromiseCallback,
    QueueStatus,
)
from ivr.engine.telephone import telephone
from ivr.errors import LookupFailed
from ivr.flow.model import Hotline
from ivr.flow.waiting import Waiting
from ivr.stores import UnitOfWork

from . import agent_context, callbacks, offers, view
from .agents import Agents
from .availability import waiting
from .callback_log import BY_HAND, CallbackLog
from .cleanup import EVERY, came_before, keeps_place, left, tidied
from .last_agent import LastAgent
from .legs import Legs, how_it_failed
from .repository import QueueRepository
from .state import QueueState, Waiter
from .status import QueueRequest, may_enter, queue_status, talked
from .wait_time import position

CarrierRouter = Callable[[EnterQueue, Waiting], QueueStatus]
"""Makes a task of the carrier's own router for a caller; returns the status "router"."""


class Tidying:
    """The time of the last cleanup of a queue, over all its units of work."""

    def __init__(self) -> None:
        self._last = 0.0

    def is_due(self, now: float) -> bool:
        """Return whether a cleanup is due, and note its time."""
        if 0 <= now - self._last < EVERY:
            return False
        self._last = now
        return True


class Queue:
    """One queue for all desks of a line. `carrier_router` is set where the carrier's router does the matching.

    `places_calls` is true where the carrier can call callers back. `legs` and `agents` are the agents' side.
    """

    def __init__(
        self,
        repository: QueueRepository,
        documents: Documents,
        seal: Seal,
        line: Hotline,
        *,
        carrier_router: CarrierRouter | None = None,
        places_calls: bool = False,
        tidying: Tidying | None = None,
    ) -> None:
        self.repository, self.seal, self.places_calls = repository, seal, places_calls
        repository.watch = CallbackLog(documents).watch
        self._carrier_router = carrier_router
        self._documents = documents
        self._tidying = tidying or Tidying()
        self.take_line(line)

    def take_line(self, line: Hotline) -> None:
        """Use another line.yaml from now on, such as that of a release that was published."""
        self.line = line
        self._last_agents = LastAgent(self._documents, line.waiting.call_backs_an_hour)
        self.legs = Legs(self.repository, self._last_agents, self.seal, line)
        self.agents = Agents(self.repository, line)

    def within(self, unit: UnitOfWork) -> Queue:
        """Return the same queue in a unit of work, whose commit writes what it changes."""
        return Queue(
            self.repository.within(unit),
            unit,
            self.seal,
            self.line,
            carrier_router=self._carrier_router,
            places_calls=self.places_calls,
            tidying=self._tidying,
        )

    # questions of callers

    def enter(self, question: EnterQueue, *, key: str, now: float) -> QueueStatus:
        """Add a caller to the queue; return whether to ring an agent or wait, or why neither is possible."""
        if self._carrier_router:
            return self._carrier_router(question, self.line.waiting)
        # Outside of `enter`, which runs again at each conflict: sealing the context costs more than the rest.
        waiter = self._waiter(question, telephone(question.caller), key, now)
        asking, tidy = self._asking(key, now), self._tidy(now)

        def enter(state: QueueState) -> tuple[QueueState, QueueStatus]:
            state = tidy(state)
            waiting = state.waiters.get(waiter.id)
            if waiting and (
                waiting.state not in ("talked", "left") or (waiting.state == "talked" and waiting.key == key)
            ):
                return queue_status(state, self.line, waiter.id, asking)
            # Before earlier places are taken up, so that a caller who is refused keeps them.
            if refused := may_enter(state, self.line, waiter.desk):
                return state, refused
            earlier = _earlier(state, waiter, self.line, now)
            after = state.drop(*earlier).put(self._taking_up(waiter, earlier))
            after, status = queue_status(after, self.line, waiter.id, asking)
            # Only new callers are refused, and only if they would wait: a free agent takes one in spite of a full
            # queue.
            if status.state == "wait" and not earlier and self._is_full(state, waiter, now):
                return state, QueueStatus(state="full")
            return after, status

        return self.repository.change(enter)

    def round(self, question: AskRound, *, key: str, now: float) -> QueueStatus:
        """Return the next instruction of a caller. Raises LookupFailed, `missing` for a call outside of the queue."""
        call = question.call
        asking, tidy = self._asking(key, now), self._tidy(now)

        def ask(state: QueueState) -> tuple[QueueState, QueueStatus]:
            state = tidy(state)
            waiter = state.waiters.get(call)
            if waiter is None or waiter.state == "left":
                raise LookupFailed("this call is not in the queue", missing=True)
            return queue_status(state, self.line, call, asking)

        return self.repository.change(ask)

    def rang(self, question: NoteRang, *, key: str, now: float) -> QueueStatus:
        """Record how the dialling of an agent ended. Raises LookupFailed as `round` does."""
        asking = self._asking(key, now)

        def note(state: QueueState) -> tuple[QueueState, QueueStatus]:
            waiter = state.waiters.get(question.call)
            if waiter is None or waiter.state == "left":
                raise LookupFailed("this call is not in the queue", missing=True)
            offer = state.offer_of(waiter)
            # An offer that was made for this very request is a newer one: the request comes again, and its leg has just
            # begun.
            if offer and offer.key != key and question.leg in ("", offer.id):
                if offer.state == "taken":
                    state = offers.finish(state, self.line, offer.id, now)
                else:
                    state = offers.fail(state, offer.id, how_it_failed(offer, question.status), now)
            waiter = state.waiters[question.call]
            return (
                (state, talked(waiter))
                if waiter.state == "talked"
                else queue_status(state, self.line, waiter.id, asking)
            )

        return self.repository.change(note)

    def leave(self, question: LeaveQueue, *, key: str, now: float) -> QueueStatus:
        """Remove a caller from the queue; return whether the caller has talked with an agent."""
        del key
        gone = QueueStatus(state="left")

        def leave(state: QueueState) -> tuple[QueueState, QueueStatus]:
            state = callbacks.released(state, question.call, now) if question.why == ENDED else state
            waiter = state.waiters.get(question.call)
            if waiter is None or waiter.state == "left":
                return state, gone
            if offer := state.offer_of(waiter):
                # One of the two applies: a leg that was taken is a talk, any other has failed.
                ended = offers.finish(state, self.line, offer.id, now)
                state = offers.fail(ended, offer.id, "canceled", now)
            waiter = state.waiters[question.call]
            if waiter.state == "talked":
                return state, talked(waiter)
            return state.put(left(waiter, question.why, now)), gone

        return self.repository.change(leave)

    def place(self, question: FindPlace, *, key: str, now: float) -> KeptPlace:
        """Return the place that is kept for a number. Raises LookupFailed, `missing` where there is none."""
        del key
        state = self.repository.state()
        dropped = _dropped(state, agent_context.mark_of(question.number, self.seal), self.line, now)
        if not dropped:
            raise LookupFailed("no place is kept for this number", missing=True)
        first = min(dropped, key=lambda waiter: waiter.entered)
        back = replace(first, state="waiting", seen=now)
        place = position(state.put(back), self.line, back, now)
        return KeptPlace(waited=int(max(0.0, first.ended - first.entered) // 60), position=place)

    def call_back(self, question: PromiseCallback, *, key: str, now: float) -> CallbackPromise:
        """Promise a call back. Raises LookupFailed for a number that may not be called, unless there is a message."""
        waiter, tidy = self._waiter(question, question.number, key, now), self._tidy(now)
        try:
            self._check_calls_go_to(question.number, waiter, key, now)
        except LookupFailed:
            if not question.message:
                raise
            waiter = replace(waiter, mark="")  # people listen to the message; no automatic call

        def promise(state: QueueState) -> tuple[QueueState, CallbackPromise]:
            return callbacks.promise_callback(tidy(state), self.line, waiter, question.call, now)

        return self.repository.change(promise)

    def _check_calls_go_to(self, number: str, waiter: Waiter, key: str, now: float) -> None:
        """Count a promise. Raises LookupFailed for a number that may not be called, or not as often."""
        if not self.line.waiting.may_call_back(number):
            raise LookupFailed("calls do not go to such a number", missing=True)
        if callbacks.open_promise(self.repository.state(), waiter.mark) is None:
            self._last_agents.count_call_back(waiter.mark, key, now)

    # views and actions of operators

    def counts(self, now: float) -> view.View:
        """Return the counts of waiters and agents. It opens no sealed context, so it is quick enough for a scrape."""
        return view.counts(self.repository.state(), self.line, now)

    def view(self, now: float) -> view.View:
        """Return the waiters and desks as `ivr queue` shows them."""
        return view.queue_view(self.repository.state(), self.line, self.seal, now)

    def called_back_by_hand(self, reference: str, now: float) -> bool:
        """Close a call back that a person has made; return whether it was open."""

        def close(state: QueueState) -> tuple[QueueState, bool]:
            open_promises = (
                waiter for waiter in state.waiters.values() if waiter.calls_back and waiter.state == "waiting"
            )
            promise = next((waiter for waiter in open_promises if waiter.reference == reference), None)
            return (state.put(left(promise, BY_HAND, now)), True) if promise else (state, False)

        return self.repository.change(close)

    # shared by the questions

    def _waiter(self, asked: AboutCaller[Any], number: str, key: str, now: float) -> Waiter:
        context = agent_context.agent_context_of(number, asked)
        mark = agent_context.mark_of(number, self.seal)
        return Waiter(
            id=asked.call,
            desk=asked.desk,
            priority=asked.priority,
            entered=now,
            seen=now,
            key=key,
            mark=mark,
            language=asked.language,
            level=asked.level,
            sealed=agent_context.seal_context(context, self.seal),
            last_agent=self._last_agents.agent_of(mark, now),
        )

    def _taking_up(self, waiter: Waiter, earlier: list[Waiter]) -> Waiter:
        """Return a caller with the time of coming, announced place and wait, and context of earlier waits."""
        if not earlier:
            return waiter
        first, *_ = in_order = sorted(earlier, key=lambda place: place.entered)
        context = agent_context.unseal_context(waiter.sealed, self.seal)
        for place in reversed(in_order):
            context = agent_context.retold(context, agent_context.unseal_context(place.sealed, self.seal))
        return replace(
            waiter,
            entered=min(waiter.entered, first.entered),
            position=first.position,
            minutes=first.minutes,
            sealed=agent_context.seal_context(context, self.seal),
        )

    def _asking(self, key: str, now: float) -> QueueRequest:
        return QueueRequest(key, now, secrets.token_hex(12), self.places_calls)

    def tidy(self, now: float) -> None:
        """Run a cleanup if it is due. Requests do so too."""
        due = self._tidy(now)
        self.repository.change(lambda state: (due(state), None))

    def _tidy(self, now: float) -> Callable[[QueueState], QueueState]:
        """Return the cleanup of a state, or the identity when none is due."""
        if self._tidying.is_due(now):
            return lambda state: tidied(state, self.line, now)
        return lambda state: state

    def _is_full(self, state: QueueState, waiter: Waiter, now: float) -> bool:
        if waiter.priority in self.line.waiting.preempting:
            return False
        on_the_line = sum(not other.calls_back for other in waiting(state, self.line.waiting, now))
        return on_the_line >= self.line.waiting.most


def _dropped(state: QueueState, mark: str, line: Hotline, now: float) -> list[Waiter]:
    """Return the waiters of a number who dropped out and may return to their place."""
    if not mark:
        return []
    return [
        waiter for waiter in state.waiters.values() if waiter.mark == mark and keeps_place(waiter, line.waiting, now)
    ]


def _earlier(state: QueueState, waiter: Waiter, line: Hotline, now: float) -> list[Waiter]:
    """Return the earlier waits of a caller: a dropped place, this call before the store lost it, a call back."""
    dropped = _dropped(state, waiter.mark, line, now)
    same, promised = state.waiters.get(waiter.id), state.waiters.get(callbacks.id_of(waiter.mark))
    if same and same not in dropped and came_before(same, line.waiting, now):
        dropped.append(same)
    if waiter.mark and promised and promised.state == "waiting":
        dropped.append(promised)
    return dropped
