"""First contact resolution: which callers called again for the same reason after a talk with an agent.

Memory does not grow with the period: it holds the live calls and the talks of the last seven days.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from ivr.engine.ports import JournalRow
from ivr.engine.telephone import one_spelling, telephone

from .queue_visits import Visit

WINDOW = 7 * 86_400.0
"""Seconds in which a call of the same number with the same reason counts as a repeat: a week, as for complaints."""

ContactVerdict = Literal["solved", "repeated", "too_young", "withheld", "without_reason"]


@dataclass
class _Call:
    number: str
    began: float
    reasons: set[str] = field(default_factory=set)
    talk: Visit | None = None
    unsolved: bool = False


@dataclass
class _Contact:
    """A talk that is over; a repeat within WINDOW counts against it, and so does an agent who left it unsolved."""

    call: str
    at: float
    number: str
    keys: tuple[tuple[str, str], ...]
    talk: Visit
    repeated: bool = False


class Contacts:
    """Judges each call in which an agent talked, once. `judged` is called with the talk and its verdict."""

    def __init__(self, judged: Callable[[Visit, ContactVerdict], None]) -> None:
        self._judged = judged
        self._calls: dict[str, _Call] = {}
        self._watched: deque[_Contact] = deque()
        self._last: dict[tuple[str, str], _Contact] = {}
        self._by_call: dict[str, _Contact] = {}

    def add(self, row: JournalRow, data: Mapping[str, Any]) -> None:
        """Process one row."""
        self._judge_until(row.at)
        match row.kind, self._calls.get(row.call_id):
            case "started", _:
                self._calls[row.call_id] = _Call(one_spelling(telephone(data.get("caller"))), row.at)
            case "reason", _Call() as call:
                self._about(row.call_id, call, str(data.get("reason", "")))
            case "wrap_up", _Call() as call:
                self._about(row.call_id, call, str(data.get("reason", "")))
                call.unsolved |= data.get("result") != "solved"
            case "wrap_up", None if contact := self._by_call.get(row.call_id):
                self._wrapped_up(contact, data)
            case "ended", _Call() as call:
                del self._calls[row.call_id]
                self._over(row, call)

    def _wrapped_up(self, contact: _Contact, data: Mapping[str, Any]) -> None:
        """Take the reason of an agent for a call that is over."""
        key = contact.number, str(data.get("reason", ""))
        other = self._last.get(key)
        # A wrap-up may be written after the next call about the same reason: then that call repeats this one.
        earlier, later = sorted((other or contact, contact), key=lambda talk: talk.at)
        earlier.repeated |= earlier.call != later.call
        self._last[key] = later
        contact.keys = tuple({*contact.keys, key})
        contact.repeated |= data.get("result") != "solved"

    def talked(self, visit: Visit) -> None:
        """Record a talk with an agent; of several talks in one call the last one is judged."""
        if call := self._calls.get(visit.call):
            call.talk = visit

    def finish(self, end: float) -> None:
        """Judge the remaining talks; `end` is the time up to which rows were read."""
        self._judge_until(end)
        for call in self._calls.values():
            if call.talk:
                self._judged(call.talk, "too_young")
        for contact in self._watched:
            self._judged(contact.talk, "too_young" if contact.keys else "without_reason")

    def _about(self, call_id: str, call: _Call, reason: str) -> None:
        call.reasons.add(reason)
        # All callers who withhold their number have the same one, "".
        before = self._last.get((call.number, reason)) if call.number else None
        if before and before.call != call_id:
            before.repeated = True

    def _over(self, row: JournalRow, call: _Call) -> None:
        # The wrap-up of the call before may have been written during this one, after the caller had chosen the reason.
        for reason in call.reasons:
            before = self._last.get((call.number, reason))
            if before and before.at <= call.began:
                before.repeated = True
        if call.talk is None:
            return
        if not call.number:
            self._judged(call.talk, "withheld")
            return
        keys = tuple((call.number, reason) for reason in sorted(call.reasons))
        contact = _Contact(row.call_id, row.at, call.number, keys, call.talk, call.unsolved)
        self._by_call[row.call_id] = contact
        self._watched.append(contact)
        self._last.update(dict.fromkeys(keys, contact))

    def _judge_until(self, now: float) -> None:
        while self._watched and now - self._watched[0].at > WINDOW:
            contact = self._watched.popleft()
            for key in contact.keys:
                # A later talk about the same reason still waits for its repeat under this key.
                if self._last.get(key) is contact:
                    del self._last[key]
            self._by_call.pop(contact.call, None)
            solved: ContactVerdict = "repeated" if contact.repeated else "solved"
            self._judged(contact.talk, solved if contact.keys else "without_reason")
