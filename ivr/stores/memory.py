"""A store in the memory of one process, for tests, simulator and load test. Its data ends with the process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from itertools import takewhile
from types import MappingProxyType

from ivr.engine.ports import Changes, JournalRow, Saved, Vault
from ivr.errors import SettingsError

from ._deadline import ThreadDeadline
from ._lease import LEASE_SECONDS, Leases
from ._memory_board import MemoryBoard
from ._memory_documents import MemoryDocuments
from ._memory_lock import MemoryLock
from ._memory_replies import MemoryReplies
from ._memory_vault import MemoryVault


def connect(url: str) -> MemoryStore:
    """Return an empty store. Raises SettingsError for any URL but `memory:`."""
    if url != "memory:":
        raise SettingsError("the address of a store in memory is memory: and nothing more")
    return MemoryStore()


def exists(url: str) -> bool:
    """Return False: a store in memory is private to its process. Raises SettingsError for any URL but `memory:`."""
    connect(url)
    return False


class MemoryStore(MemoryDocuments, MemoryBoard):
    """A Store of dictionaries."""

    def __init__(self) -> None:
        super().__init__()
        self._deadline = ThreadDeadline()
        self._leases = Leases(self._deadline)
        self._lock = MemoryLock(self._deadline)
        self._live: dict[str, Saved] = {}
        self._past: dict[str, Saved] = {}
        self._replies = MemoryReplies()
        self.vault: Vault = MemoryVault()
        self._journal: list[JournalRow] = []
        self._journal_of: dict[str, list[JournalRow]] = {}
        self._releases: dict[str, Mapping[str, str]] = {}

    def lease(
        self, call_id: str, *, within: float = LEASE_SECONDS, key: str | None = None
    ) -> AbstractContextManager[None]:
        """Return the exclusive right to change this call; inside it this thread's deadline is `within` seconds away.

        Entering raises StoreError when the call is not free by then, and so do waits and writes that would end later.
        """
        return self._leases.of(call_id, within=within)

    def waiting(self, seconds: float) -> AbstractContextManager[None]:
        """Bound every wait of this thread for the store inside the block."""
        return self._deadline.within(seconds)

    def reading(self) -> AbstractContextManager[None]:
        """Return a block in which this thread reads one state. Writing inside it raises StoreError."""
        return self._lock.reading()

    def load(self, call_id: str, key: str = "") -> Saved | None:
        """Return a live or ended call with its reply to the request `key`; None for an unknown call."""
        with self._lock:
            saved = self._live.get(call_id) or self._past.get(call_id)
            if saved is None or not key:
                return saved
            repeated = saved.reply if saved.key == key else self._replies.find(call_id, key)
        return saved if repeated is None else replace(saved, repeated=repeated)

    def commit(self, changes: Changes) -> bool:
        """Write all changes at once; at a conflict write nothing and return False."""
        rows = list(changes.rows)
        with self._lock.writing():
            texts = self._changed_texts(changes.documents)
            if texts is None or (changes.board and self._last != changes.seen):
                return False
            if changes.call is not None and not self._put_turn(changes.call, changes.expected, changes.at):
                return False
            self._put_texts(texts)
            self._put_rows(changes.board)
            for reply in changes.replies:
                self._replies.keep_late(reply)
            self._journal.extend(rows)
            for row in rows:
                self._journal_of.setdefault(row.call_id, []).append(row)
        return True

    def save(self, saved: Saved, rows: Sequence[JournalRow], *, expected: int | None) -> bool:
        """Commit a turn and its journal rows; the reply that it replaces is kept from the time of the last row on."""
        return self.commit(Changes(saved, expected, rows[-1].at if rows else 0.0, rows))

    def forget_replies(self, before: float, *, limit: int = 1000) -> int:
        """Delete the oldest replies of ended calls, up to the first that is not old enough; return their number."""
        with self._lock.writing():
            return self._replies.forget(before, limit)

    def journal(self, call_id: str | None = None, *, after: int = 0, limit: int = 1000) -> Sequence[JournalRow]:
        """Return journal rows of one call or of all, in the order of writing; skip the first `after`."""
        with self._lock:
            rows = self._journal if call_id is None else self._journal_of.get(call_id, [])
            return rows[after : after + limit]

    def live(self) -> int:
        """Count the calls that have not ended."""
        return len(self._live)

    def calls(self, *, live: bool, limit: int = 100, oldest: bool = False) -> Sequence[str]:
        """Return the ids of live or past calls, newest first; with `live` and `oldest`, oldest first."""
        with self._lock:
            ids = list(self._live if live else self._past)
        return ids[:limit] if live and oldest else ids[::-1][:limit]

    def prune(self, before: float, *, limit: int = 1000) -> int:
        """Delete journal rows older than a time, and ended calls that have none left; return the number of rows."""
        with self._lock.writing():
            old = list(takewhile(lambda row: row.at < before, self._journal[:limit]))
            del self._journal[: len(old)]
            for row in old:
                rows = self._journal_of[row.call_id]
                rows.remove(row)
                if not rows:
                    del self._journal_of[row.call_id]
                    if self._past.pop(row.call_id, None):
                        self._replies.drop(row.call_id)
        return len(old)

    def keep_release(self, version: str, files: Mapping[str, str]) -> None:
        """Store the flow files of a release, unless the version is stored already."""
        self._releases.setdefault(version, MappingProxyType(dict(files)))

    def release(self, version: str) -> Mapping[str, str] | None:
        """Return the flow files of a version, which is their content hash; None for an unknown version."""
        return self._releases.get(version)

    def ping(self) -> None:
        """Do nothing: memory can always be read and written."""

    def close(self) -> None:
        """Do nothing: there are no files or connections to release."""

    def _put_turn(self, saved: Saved, expected: int | None, at: float) -> bool:
        """Write the turn; return False if the stored turn is not `expected`."""
        call_id = saved.call_id
        current = self._live.get(call_id)
        if call_id in self._past or (current.turn if current else None) != expected:
            return False
        # The answer to a repeat belongs to that request, not to the stored call.
        saved = replace(saved, repeated=None) if saved.repeated else saved
        if current is not None and current.key != saved.key:
            self._replies.keep(current, at)
        if saved.ended:
            self._live.pop(call_id, None)
            self._past[call_id] = saved
            self._replies.end(call_id)
        else:
            self._live[call_id] = saved
        return True
