"""Calls, documents and board in this process's memory: for tests, simulator and load test. Nothing survives it."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from itertools import takewhile
from types import MappingProxyType

from ivr.engine.ports import JournalRow, Saved
from ivr.errors import SettingsError

from ._lease import LEASE_SECONDS, Leases
from ._memory_board import MemoryBoard
from ._memory_documents import MemoryDocuments


def connect(url: str) -> MemoryStore:
    """Make an empty store. The address is just `memory:`."""
    if url != "memory:":
        raise SettingsError("a store in memory has no more to its address than memory:")
    return MemoryStore()


class MemoryStore(MemoryDocuments, MemoryBoard):
    """A Store of dictionaries. `lease_seconds` bounds the wait for a call that another thread has."""

    def __init__(self, *, lease_seconds: float = LEASE_SECONDS) -> None:
        super().__init__()
        self._leases = Leases(seconds=lease_seconds)
        self._writing = threading.Lock()
        self._live: dict[str, Saved] = {}
        self._past: dict[str, Saved] = {}
        self._journal: list[JournalRow] = []
        self._journal_of: dict[str, list[JournalRow]] = {}
        self._releases: dict[str, Mapping[str, str]] = {}

    def lease(self, call_id: str) -> AbstractContextManager[None]:
        """Hold the only right to change this call. Raises StoreError when nobody lets go of it in time."""
        return self._leases.of(call_id)

    def load(self, call_id: str) -> Saved | None:
        """Return the live call, or the ended one as it was left, or None."""
        return self._live.get(call_id) or self._past.get(call_id)

    def save(self, saved: Saved, rows: Sequence[JournalRow], *, expected: int | None) -> bool:
        """Write the turn and its journal rows, unless another turn than `expected` is stored."""
        call_id = saved.call_id
        with self._writing:
            current = self._live.get(call_id)
            if call_id in self._past or (current.turn if current else None) != expected:
                return False
            (self._past if saved.ended else self._live)[call_id] = saved
            if saved.ended:
                self._live.pop(call_id, None)
            self._journal.extend(rows)
            for row in rows:
                self._journal_of.setdefault(row.call_id, []).append(row)
        return True

    def journal(self, call_id: str | None = None, *, after: int = 0, limit: int = 1000) -> Sequence[JournalRow]:
        """Read journal rows in the order written, of one call or of all; skip the first `after`."""
        with self._writing:
            rows = self._journal if call_id is None else self._journal_of.get(call_id, [])
            return rows[after : after + limit]

    def live(self) -> int:
        """Count the calls that have not ended."""
        return len(self._live)

    def calls(self, *, live: bool, limit: int = 100, oldest: bool = False) -> Sequence[str]:
        """Return the ids of live or past calls, the newest first; or of the oldest live ones, the oldest first."""
        with self._writing:
            ids = list(self._live if live else self._past)
        return ids[:limit] if live and oldest else ids[::-1][:limit]

    def prune(self, before: float, *, limit: int = 1000) -> int:
        """Forget journal rows from before a time, and ended calls that have none left; return how many rows went."""
        with self._writing:
            old = list(takewhile(lambda row: row.at < before, self._journal[:limit]))
            del self._journal[: len(old)]
            for row in old:
                rows = self._journal_of[row.call_id]
                rows.remove(row)
                if not rows:
                    del self._journal_of[row.call_id]
                    self._past.pop(row.call_id, None)
        return len(old)

    def keep_release(self, version: str, files: Mapping[str, str]) -> None:
        """Remember the flow files of a release; the same version again changes nothing."""
        self._releases.setdefault(version, MappingProxyType(dict(files)))

    def release(self, version: str) -> Mapping[str, str] | None:
        """Return the flow files kept under this content hash, or None."""
        return self._releases.get(version)

    def ping(self) -> None:
        """Memory can always be read and written."""

    def close(self) -> None:
        """Forget nothing: there is nothing to release."""
