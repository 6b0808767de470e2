"""Remembers whom a number talked to last, so that the same person can take the next call too."""

from __future__ import annotations

import secrets

from ..engine.ports import Document, Documents

COLLECTION = "queue.agents"
KEPT = 30 * 86_400
"""Seconds after which it no longer matters who it was."""
LOOKED_AT = 8


class Acquaintance:
    """Agents by what stands for a number."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def agent_of(self, mark: str, now: float) -> str:
        """Return the agent whom a number talked to last, or nothing."""
        known = self._documents.get(COLLECTION, mark) if mark else None
        return str(known["agent"]) if known and now - known["at"] <= KEPT else ""

    def note(self, mark: str, agent: str, now: float) -> None:
        """Remember who talked, and forget a few of long ago."""
        if not mark:
            return
        self._documents.change(COLLECTION, mark, lambda _: {"agent": agent, "at": int(now)})
        for key in self._documents.keys(COLLECTION, after=secrets.token_hex(16), limit=LOOKED_AT):

            def kept(before: Document | None) -> Document | None:
                return before if before and now - before["at"] <= KEPT else None

            self._documents.change(COLLECTION, key, kept)
