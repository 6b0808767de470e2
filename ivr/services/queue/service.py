"""The service "queue": who wants a person enters, asks each round what to do, tells how the ringing went, and leaves.

All state is on the board, so any process can answer. The same request again changes nothing.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from msgspec import structs
from msgspec.structs import replace

from ivr.crypto import Seal
from ivr.engine.ports import Documents
from ivr.engine.telephone import telephone
from ivr.errors import LookupFailed
from ivr.flow.model import Line

from . import agent_context, callbacks, offers, taskrouter, view
from .agents import Roster
from .availability import waiting
from .callback_log import BY_HAND, Promises
from .cleanup import EVERY, keeps_place, left, tidied
from .last_agent import Acquaintance
from .legs import Legs, how_it_failed
from .priority import PREEMPTING
from .questions import Entering, Leaving, OfCall, OfNumber, Rang, read
from .repository import Keeper
from .state import Floor, Waiter
from .status import Asking, Status, may_enter, standing, talked
from .wait_time import position


class Queue:
    """One queue for all desks of a line. `workflow` names the carrier's router, which then does the matching.

    `places_calls` says whether callers can be called back by machine. `legs` and `roster` are the agents' side.
    """

    name: ClassVar[str] = "queue"

    def __init__(
        self,
        keeper: Keeper,
        documents: Documents,
        seal: Seal,
        line: Line,
        *,
        workflow: str = "",
        places_calls: bool = False,
    ) -> None:
        self.keeper, self.line, self.seal, self.places_calls = keeper, line, seal, places_calls
        keeper.watch = Promises(documents).watch
        self._workflow = workflow
        self._known = Acquaintance(documents)
        self.legs, self.roster = Legs(keeper, self._known, seal, line), Roster(keeper, line)
        self._tidied = 0.0
        self._questions: Mapping[str, Callable[[Mapping[str, Any], str, float], Mapping[str, Any]]] = {
            "enter": self._enter,
            "round": self._round,
            "rang": self._rang,
            "leave": self._leave,
            "place": self._place,
            "call_back": self._call_back,
        }

    def ask(self, question: str, given: Mapping[str, Any], *, key: str, now: float) -> Mapping[str, Any]:
        """Answer. Raises LookupFailed, `missing` for a call that is not in the queue."""
        if question not in self._questions:
            raise LookupFailed(f"queue knows no question; it answers {', '.join(self._questions)}")
        return self._questions[question](given, key, now)

    def _enter(self, given: Mapping[str, Any], key: str, now: float) -> Status:
        asked = read(given, Entering)
        if self._workflow:
            return taskrouter.task(asked, self._workflow, self.line.waiting)
        waiter = self._waiter(asked, telephone(asked.caller), key, now)
        asking, tidy = self._asking(key, now), self._tidy(now)

        def enter(floor: Floor) -> tuple[Floor, Status]:
            floor = tidy(floor)
            known = floor.waiters.get(waiter.id)
            if known and (known.state not in ("talked", "left") or (known.state == "talked" and known.key == key)):
                return standing(floor, self.line, waiter.id, asking)
            if refused := may_enter(floor, self.line, waiter.desk):
                return floor, refused
            earlier = _earlier(floor, waiter, self.line, now)
            after = floor.drop(*earlier).put(self._taking_up(waiter, earlier))
            after, status = standing(after, self.line, waiter.id, asking)
            if status["state"] == "wait" and not earlier and self._is_full(floor, waiter, now):
                return floor, {"state": "full"}
            return after, status

        return self.keeper.change(enter)

    def _round(self, given: Mapping[str, Any], key: str, now: float) -> Status:
        call = read(given, OfCall).call
        asking, tidy = self._asking(key, now), self._tidy(now)

        def ask(floor: Floor) -> tuple[Floor, Status]:
            floor = tidy(floor)
            known = floor.waiters.get(call)
            if known is None or known.state == "left":
                raise LookupFailed("this call is not in the queue", missing=True)
            return standing(floor, self.line, call, asking)

        return self.keeper.change(ask)

    def _rang(self, given: Mapping[str, Any], key: str, now: float) -> Status:
        asked = read(given, Rang)
        asking = self._asking(key, now)

        def note(floor: Floor) -> tuple[Floor, Status]:
            known = floor.waiters.get(asked.call)
            if known is None or known.state == "left":
                raise LookupFailed("this call is not in the queue", missing=True)
            found = floor.offer_of(known)
            if found and found.key != key and asked.leg in ("", found.id):
                if found.state == "taken":
                    floor = offers.finish(floor, self.line, found.id, now)
                else:
                    floor = offers.fail(floor, found.id, how_it_failed(found, asked.status), now)
            known = floor.waiters[asked.call]
            return (floor, talked(known)) if known.state == "talked" else standing(floor, self.line, known.id, asking)

        return self.keeper.change(note)

    def _leave(self, given: Mapping[str, Any], key: str, now: float) -> Mapping[str, Any]:
        asked = read(given, Leaving)

        def leave(floor: Floor) -> tuple[Floor, Status]:
            known = floor.waiters.get(asked.call)
            if known is None or known.state == "left":
                return floor, {}
            if found := floor.offer_of(known):
                ended = offers.finish(floor, self.line, found.id, now)
                floor = offers.fail(ended, found.id, "canceled", now)
            known = floor.waiters[asked.call]
            return (floor, talked(known)) if known.state == "talked" else (floor.put(left(known, asked.why, now)), {})

        return self.keeper.change(leave)

    def _place(self, given: Mapping[str, Any], key: str, now: float) -> Mapping[str, Any]:
        number = telephone(read(given, OfNumber).number)
        floor = self.keeper.floor()
        dropped = _dropped(floor, agent_context.mark_of(number, self.seal), self.line, now)
        if not dropped:
            raise LookupFailed("no place is kept for this number", missing=True)
        first = min(dropped, key=lambda waiter: waiter.entered)
        back = replace(first, state="waiting", seen=now)
        place = position(floor.put(back), self.line, back, now)
        return {"waited": int(max(0.0, first.ended - first.entered) // 60), "position": place}

    def _call_back(self, given: Mapping[str, Any], key: str, now: float) -> Mapping[str, Any]:
        asked = read(given, Entering)
        waiter, tidy = self._waiter(asked, telephone(asked.number), key, now), self._tidy(now)
        try:
            self._check_calls_go_to(asked, waiter, key, now)
        except LookupFailed:
            if not asked.message:
                raise
            waiter = replace(waiter, mark="")  # people listen to the message, and no machine rings

        def promise(floor: Floor) -> tuple[Floor, Mapping[str, Any]]:
            return callbacks.promise(tidy(floor), self.line, waiter, asked.call, now)

        return self.keeper.change(promise)

    def _check_calls_go_to(self, asked: Entering, waiter: Waiter, key: str, now: float) -> None:
        """Count the promise of a call. Raises LookupFailed for numbers that are not rung, or not so often."""
        if not callbacks.may_be_called(telephone(asked.number)):
            raise LookupFailed("calls do not go to such a number", missing=True)
        if callbacks.open_promise(self.keeper.floor(), waiter.mark) is None:
            self._known.count_call_back(waiter.mark, key, now)

    # what operators see and do

    def counts(self, now: float) -> view.View:
        """Return how many wait and are at work, without looking into what callers told: quick enough for a scrape."""
        return view.counts(self.keeper.floor(), self.line, now)

    def view(self, now: float) -> view.View:
        """Return who is in the queue and how the desks stand, as `ivr queue` shows it."""
        return view.queue_view(self.keeper.floor(), self.line, self.seal, now)

    def called_back_by_hand(self, reference: str, now: float) -> bool:
        """Close a call back that somebody has made; tell whether it was open."""

        def close(floor: Floor) -> tuple[Floor, bool]:
            open_ones = (one for one in floor.waiters.values() if one.calls_back and one.state == "waiting")
            found = next((one for one in open_ones if one.reference == reference), None)
            return (floor.put(left(found, BY_HAND, now)), True) if found else (floor, False)

        return self.keeper.change(close)

    # what the questions share

    def _waiter(self, asked: Entering, number: str, key: str, now: float) -> Waiter:
        told = agent_context.context_of(number, structs.asdict(asked), asked.context)
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
            sealed=agent_context.seal(told, self.seal),
            last_agent=self._known.agent_of(mark, now),
        )

    def _taking_up(self, waiter: Waiter, earlier: list[Waiter]) -> Waiter:
        """Return a caller with the time of coming of earlier waits, and with what was told to them and by them."""
        if not earlier:
            return waiter
        first, *_ = in_order = sorted(earlier, key=lambda one: one.entered)
        told = agent_context.unseal(waiter.sealed, self.seal)
        for one in reversed(in_order):
            told = agent_context.retold(told, agent_context.unseal(one.sealed, self.seal))
        return replace(
            waiter,
            entered=min(waiter.entered, first.entered),
            position=first.position,
            minutes=first.minutes,
            sealed=agent_context.seal(told, self.seal),
        )

    def _asking(self, key: str, now: float) -> Asking:
        return Asking(key, now, secrets.token_hex(12), self.places_calls)

    def tidy(self, now: float) -> None:
        """Take away what is over; requests do so too, so nothing depends on it."""
        due = self._tidy(now)
        self.keeper.change(lambda floor: (due(floor), None))

    def _tidy(self, now: float) -> Callable[[Floor], Floor]:
        """Return what takes away what is over, at most once a second."""
        if 0 <= now - self._tidied < EVERY:
            return lambda floor: floor
        self._tidied = now
        return lambda floor: tidied(floor, self.line, now)

    def _is_full(self, floor: Floor, waiter: Waiter, now: float) -> bool:
        if waiter.priority == PREEMPTING:
            return False
        on_the_line = sum(not other.calls_back for other in waiting(floor, self.line.waiting, now))
        return on_the_line >= self.line.waiting.most


def _dropped(floor: Floor, mark: str, line: Line, now: float) -> list[Waiter]:
    """Return those of a number who dropped out and may come back to their place."""
    if not mark:
        return []
    return [one for one in floor.waiters.values() if one.mark == mark and keeps_place(one, line.waiting, now)]


def _earlier(floor: Floor, waiter: Waiter, line: Line, now: float) -> list[Waiter]:
    """Return what a caller has waited for already: a dropped place, this very call before it was lost, a call back."""
    found = _dropped(floor, waiter.mark, line, now)
    same, promised = floor.waiters.get(waiter.id), floor.waiters.get(callbacks.id_of(waiter.mark))
    if same and same not in found and keeps_place(same, line.waiting, now):
        found.append(same)
    if waiter.mark and promised and promised.state == "waiting":
        found.append(promised)
    return found
