"""A store in the memory of this process, for tests, simulator and load test. Nothing survives the process."""

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
    """Return an empty store. Raises SettingsError for any URL but `memory:`."""
    if url != "memory:":
        raise SettingsError("the address of a store in memory is memory: and nothing more")
    return MemoryStore()


class MemoryStore(MemoryDocuments, MemoryBoard):
    """A Store of dictionaries. `lease_seconds` bounds the wait for a call that another thread holds."""

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
        """Hold the exclusive right to change this call. Raises StoreError if it is not free within `lease_seconds`."""
        return self._leases.of(call_id)

    def load(self, call_id: str) -> Saved | None:
        """Return the live call, else the ended call in its last state, else None."""
        return self._live.get(call_id) or self._past.get(call_id)

    def save(self, saved: Saved, rows: Sequence[JournalRow], *, expected: int | None) -> bool:
        """Write the turn and its journal rows; return False if the stored turn is not `expected`."""
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
        """Return journal rows of one call or of all, in the order of writing; skip the first `after`."""
        with self._writing:
            rows = self._journal if call_id is None else self._journal_of.get(call_id, [])
            return rows[after : after + limit]

    def live(self) -> int:
        """Count the calls that have not ended."""
        return len(self._live)

    def calls(self, *, live: bool, limit: int = 100, oldest: bool = False) -> Sequence[str]:
        """Return the ids of live or past calls, newest first; with `live` and `oldest`, oldest first."""
        with self._writing:
            ids = list(self._live if live else self._past)
        return ids[:limit] if live and oldest else ids[::-1][:limit]

    def prune(self, before: float, *, limit: int = 1000) -> int:
        """Delete journal rows older than a time, and ended calls that have none left; return the number of rows."""
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
        """Store the flow files of a release; a version that is stored already is left as it is."""
        self._releases.setdefault(version, MappingProxyType(dict(files)))

    def release(self, version: str) -> Mapping[str, str] | None:
        """Return the flow files stored under this content hash, or None."""
        return self._releases.get(version)

    def ping(self) -> None:
        """Do nothing: memory can always be read and written."""

    def close(self) -> None:
        """Do nothing: there are no files or connections to release."""
