"""Remembers of a number whom it talked to last, and how often it has asked to be called back."""

from __future__ import annotations

from ivr.engine.ports import Document, Documents
from ivr.errors import LookupFailed
from ivr.jobs.housekeeping import forget_some

LAST_AGENTS = "queue.agents"
_KEPT = 30 * 86_400
"""Seconds after which the last agent is forgotten."""
_DAY = 86_400
CALL_BACKS_A_DAY = 3
"""The most call backs that one number is promised within 24 hours."""
LOOKED_AT = 8


class LastAgent:
    """The last agent and the call backs of each number, keyed by its mark, which needs the key to compute."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def agent_of(self, mark: str, now: float) -> str:
        """Return the agent whom a number talked to last, or nothing."""
        row = self._documents.get(LAST_AGENTS, mark) if mark else None
        return str(row["agent"]) if row and not _is_over(row, now) else ""

    def note(self, mark: str, agent: str, now: float) -> None:
        """Remember who talked, and forget a few of long ago."""
        if not mark:
            return
        self._documents.change(LAST_AGENTS, mark, lambda before: {**_row(before), "agent": agent, "at": int(now)})
        forget_some(self._documents, LAST_AGENTS, lambda row: _is_over(row, now), LOOKED_AT)

    def count_call_back(self, mark: str, key: str, now: float) -> None:
        """Count a call back that is promised, the same key once. Raises LookupFailed when there were too many."""

        def count(before: Document | None) -> Document:
            row = _row(before)
            backs = [back for back in row["backs"] if now - back["at"] <= _DAY]
            if not any(back["key"] == key for back in backs):
                if len(backs) >= CALL_BACKS_A_DAY:
                    raise LookupFailed("this number was promised too many calls today", missing=True)
                backs.append({"at": int(now), "key": key})
            return {**row, "at": int(now), "backs": backs}

        self._documents.change(LAST_AGENTS, mark, count)


def _row(before: Document | None) -> Document:
    return before or {"agent": "", "at": 0, "backs": []}


def _is_over(row: Document, now: float) -> bool:
    return bool(now - row["at"] > _KEPT)
