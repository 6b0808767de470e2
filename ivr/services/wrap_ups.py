"""Wrap-ups of agents: the reason, the result and a note of a talk, in the journal of its call."""

from __future__ import annotations

import json
import re

from ivr.engine.ports import Changes, JournalRow
from ivr.stores import Store

from .staff_words import NoSuchCase, StaffError, checked_text, staff_name

TALK_RESULTS = ("solved", "follow_up", "unsolved")
_REASON = re.compile(r"[a-z][a-z0-9_]{0,39}")


class WrapUps:
    """The wrap-ups of all calls. First contact resolution is judged by them, too."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, call: str, agent: str, *, reason: str, result: str, note: str = "", now: float) -> None:
        """Note how a talk went. Raises StaffError for an unknown call, reason or result."""
        name = staff_name(agent)
        if not _REASON.fullmatch(reason):
            raise StaffError("a reason is a word of small letters such as lost_card, as the menus have them")
        if result not in TALK_RESULTS:
            raise StaffError(f"the result is one of {', '.join(TALK_RESULTS)}")
        text = checked_text(note, "a note") if note.strip() else ""
        if self._store.load(call) is None:
            raise NoSuchCase(f"there is no call {call[:40]}; ivr calls lists them")
        data = {"agent": name, "reason": reason, "result": result, "note": text}
        # Turn 0: no turn of the call wrote it.
        self._store.commit(Changes(rows=[JournalRow(call, 0, now, "wrap_up", json.dumps(data, ensure_ascii=False))]))
