"""The last agent of a number, and the number of call backs that it was promised."""

from __future__ import annotations

from ivr.engine.ports import Document, Documents
from ivr.errors import LookupFailed
from ivr.flow.waiting import CALL_BACKS_AN_HOUR
from ivr.jobs.housekeeping import forget_some

from ..hourly_count import HourlyCap
from ..identity.alarms import Alarms

LAST_AGENTS = "queue.agents"
_KEPT = 30 * 86_400
"""The seconds after which the last agent of a number is forgotten."""
_DAY = 86_400
CALL_BACKS_A_DAY = 3
"""The most call backs that a number is promised within 24 hours."""
LOOKED_AT = 8


class LastAgent:
    """The last agent and the call backs of each number, stored under its fingerprint."""

    def __init__(self, documents: Documents, call_backs_an_hour: int = CALL_BACKS_AN_HOUR) -> None:
        self._documents, self._an_hour = documents, call_backs_an_hour
        self._cap = HourlyCap(documents, "call backs", call_backs_an_hour, self._cap_reached)

    def agent_of(self, mark: str, now: float) -> str:
        """Return the agent whom a number talked to last; empty if there is none."""
        row = self._documents.get(LAST_AGENTS, mark) if mark else None
        return str(row["agent"]) if row and not _is_over(row, now) else ""

    def note(self, mark: str, agent: str, now: float) -> None:
        """Keep the agent who talked with a number, and delete a few old entries."""
        if not mark:
            return
        self._documents.change(LAST_AGENTS, mark, lambda before: {**_row(before), "agent": agent, "at": int(now)})
        forget_some(self._documents, LAST_AGENTS, lambda row: _is_over(row, now), LOOKED_AT)

    def count_call_back(self, mark: str, key: str, now: float) -> None:
        """Count a promised call back, once for a key. Raises LookupFailed after too many, of this number or of all."""
        counts: list[bool] = []

        def count(before: Document | None) -> Document:
            row = _row(before)
            backs = [back for back in row["backs"] if now - back["at"] <= _DAY]
            # A turn that is run again counts once.
            counts.append(all(back["key"] != key for back in backs))
            if counts[-1]:
                if len(backs) >= CALL_BACKS_A_DAY:
                    raise LookupFailed("this number was promised too many calls today", missing=True)
                backs.append({"at": int(now), "key": key})
            return {**row, "at": int(now), "backs": backs}

        self._documents.change(LAST_AGENTS, mark, count)
        if counts[-1]:
            self._cap.take(int(now))

    def _cap_reached(self, at: int) -> None:
        text = f"{self._an_hour} call backs were promised within an hour; further callers are asked for a message"
        Alarms(self._documents).raise_alarm("call_backs", text, at)


def _row(before: Document | None) -> Document:
    return before or {"agent": "", "at": 0, "backs": []}


def _is_over(row: Document, now: float) -> bool:
    return bool(now - row["at"] > _KEPT)
