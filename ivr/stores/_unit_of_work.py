"""The unit of work: the reads and changes of one turn, gathered in memory and written by one commit."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from typing import TYPE_CHECKING, TypeVar

from ivr.engine.ports import Changes, Document, DocumentChange, JournalRow, KeptReply, Saved, Vault
from ivr.errors import StoreBusy, StoreError

from ._documents import NESTED, from_text, to_text

if TYPE_CHECKING:
    from . import Store

_T = TypeVar("_T")

ATTEMPT_LIMIT = 200
"""The number of commits that may conflict before the work fails. A conflict costs a few milliseconds."""
LONGEST_PAUSE = 0.02
"""The longest pause after a conflict, in seconds."""


class _UnitVault:
    """The vault as a unit of work changes it: at once, but an entry is dropped after the commit, which may fail."""

    def __init__(self, unit: UnitOfWork, vault: Vault) -> None:
        self._unit, self._vault = unit, vault

    def put(self, key: str, data: bytes, until: float) -> None:
        """Keep an entry; it stays until its end if the commit fails."""
        self._unit.pause()
        self._vault.put(key, data, until)

    def read(self, key: str) -> bytes | None:
        return self._vault.read(key)

    def drop(self, key: str) -> None:
        """Erase an entry after the commit. If that fails, it goes at its end."""

        def erase() -> None:
            with suppress(StoreError):
                self._vault.drop(key)

        self._unit.afterwards(erase)

    def drop_expired(self, now: float) -> int:
        return self._vault.drop_expired(now)


class UnitOfWork:
    """Documents and the board as one thread reads and changes them. `commit` writes the changes.

    Reads up to `pause` or `commit` see one state of the store. `commit` compares each changed document with the store:
    when another unit has changed it meanwhile, `commit` returns False, and the work must be repeated in a new unit.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._reading: AbstractContextManager[None] | None = None
        self._read: dict[tuple[str, str], str | None] = {}
        self._changed: dict[tuple[str, str], str | None] = {}
        self._changing = False
        self._board: dict[str, bytes | None] = {}
        self._seen = 0
        self._afterwards: list[Callable[[], None]] = []
        self.vault: Vault = _UnitVault(self, store.vault)

    # reading

    def load(self, call_id: str, key: str) -> Saved | None:
        """Return a call with its reply to the request `key`, as `CallStore.load` does."""
        self._begin_reading()
        return self._store.load(call_id, key)

    def get(self, collection: str, key: str) -> Document | None:
        """Return a document; None if there is none."""
        return from_text(self.text(collection, key))

    def text(self, collection: str, key: str) -> str | None:
        """Return the JSON text of a document; None if there is none."""
        place = collection, key
        if place in self._changed:
            return self._changed[place]
        if place not in self._read:
            self._begin_reading()
            self._read[place] = self._store.text(collection, key)
        return self._read[place]

    def keys(self, collection: str, *, after: str = "", prefix: str = "", limit: int = 1000) -> Sequence[str]:
        """Return at most `limit` keys, sorted, that are greater than `after` and begin with `prefix`."""
        self._begin_reading()
        # Keys that this unit deleted still come from the store, so as many more are asked for.
        own = {key: text for (of, key), text in self._changed.items() if of == collection}
        deleted = sum(text is None for text in own.values())
        keys = set(self._store.keys(collection, after=after, prefix=prefix, limit=limit + deleted))
        keys |= {key for key, text in own.items() if text is not None and key > after and key.startswith(prefix)}
        return sorted(key for key in keys if own.get(key, "") is not None)[:limit]

    def rows_since(self, write: int) -> tuple[int, Mapping[str, bytes | None]]:
        """Return the number of the board's last write, and the rows that the store has written after `write`."""
        self._begin_reading()
        return self._store.rows_since(write)

    # changing

    def change(
        self, collection: str, key: str, update: Callable[[Document | None], Document | None]
    ) -> Document | None:
        """Change one document in this unit; return the new one. Raises StoreError inside of another change."""
        if self._changing:
            raise StoreError(NESTED)
        before = self.text(collection, key)
        self._changing = True
        try:
            after = to_text(update(from_text(before)))
        finally:
            self._changing = False
        if after != before:
            self._changed[collection, key] = after
        return from_text(after)

    def write_rows(self, rows: Mapping[str, bytes | None], *, seen: int) -> bool:
        """Add rows of the board to this unit; `seen` is the number of the last write that they are based on."""
        self._board.update(rows)
        self._seen = seen
        return True

    def afterwards(self, task: Callable[[], None]) -> None:
        """Call `task` after the commit, such as to wake another thread. It must not raise."""
        self._afterwards.append(task)

    def waiting(self, seconds: float) -> AbstractContextManager[None]:
        """Bound every wait for the store inside the block; StoreError is raised otherwise."""
        return self._store.waiting(seconds)

    # writing

    def pause(self) -> None:
        """End the read transaction, so that none stays open while the bank is asked."""
        reading, self._reading = self._reading, None
        if reading is not None:
            reading.__exit__(None, None, None)

    def commit(
        self,
        call: Saved | None = None,
        *,
        expected: int | None = None,
        at: float = 0.0,
        rows: Sequence[JournalRow] = (),
        replies: Sequence[KeptReply] = (),
    ) -> bool:
        """Write all changes and the turn of a call at once; return False at a conflict with another unit.

        After a commit the unit is empty and can be used again, so that work can be committed in two parts.
        """
        self.pause()
        # A document that was changed and changed back is not written, and cannot conflict.
        changed = [(place, text) for place, text in self._changed.items() if text != self._read.get(place)]
        documents = [DocumentChange(*place, self._read.get(place), text) for place, text in changed]
        changes = Changes(call, expected, at, rows, documents, self._board, self._seen, replies)
        if (call or rows or documents or self._board or replies) and not self._store.commit(changes):
            return False
        self._read, self._changed, self._board = {}, {}, {}
        # Taken before they run: a task may use this unit again.
        tasks, self._afterwards = self._afterwards, []
        for task in tasks:
            task()
        return True

    def _begin_reading(self) -> None:
        if self._reading is None:
            self._reading = self._store.reading()
            self._reading.__enter__()


def retries() -> Iterator[None]:
    """Yield once for each attempt at the same work, after a random pause that grows, from the second on.

    The caller leaves the loop when the work has succeeded. Raises StoreError after ATTEMPT_LIMIT.
    """
    for attempt in range(ATTEMPT_LIMIT):
        if attempt:
            time.sleep(random.uniform(0, min(LONGEST_PAUSE, 0.0002 * 2**attempt)))  # noqa: S311
        yield
    raise StoreBusy("too many change the same things at once")


def attempts(store: Store) -> Iterator[UnitOfWork]:
    """Yield a new unit for each attempt at the same work; pauses and end are those of `retries`."""
    for _ in retries():
        unit = UnitOfWork(store)
        try:
            yield unit
        finally:
            unit.pause()


def in_one_commit(store: Store, work: Callable[[UnitOfWork], _T]) -> _T:
    """Call `work` with a new unit, commit it and return the result; repeat both at a conflict.

    Raises StoreError as `retries` does. An exception of `work` passes and changes nothing.
    """
    for unit in attempts(store):
        result = work(unit)
        if unit.commit():
            break
    return result
