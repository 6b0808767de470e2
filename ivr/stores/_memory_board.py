"""The board in the memory of one process. It cannot be shared by several processes."""

from __future__ import annotations

from collections.abc import Mapping

from ivr.engine.ports import KEPT_WRITES

from ._memory_lock import MemoryLock


class MemoryBoard:
    """The `Board` part of the memory store: rows in the order of writing."""

    _lock: MemoryLock

    def __init__(self) -> None:
        super().__init__()
        self._last = 0
        self._rows: dict[str, tuple[int, bytes | None]] = {}

    def rows_since(self, write: int) -> tuple[int, Mapping[str, bytes | None]]:
        """Return the number of the last write, and the rows written after `write`; None marks a deleted row."""
        rows: dict[str, bytes | None] = {}
        with self._lock:
            for name in reversed(self._rows):
                at, body = self._rows[name]
                if at <= write:
                    break
                rows[name] = body
            return self._last, rows

    def write_rows(self, rows: Mapping[str, bytes | None], *, seen: int) -> bool:
        """Write all rows at once if the last write is still `seen`; otherwise write nothing and return False."""
        with self._lock.writing():
            if self._last != seen:
                return False
            self._put_rows(rows)
        return True

    def _put_rows(self, rows: Mapping[str, bytes | None]) -> None:
        if not rows:
            return
        self._last += 1
        for name, body in rows.items():
            # Taken out first, since a dictionary keeps the place of a key that is overwritten, and reads go from the
            # newest.
            self._rows.pop(name, None)
            self._rows[name] = self._last, body
        if self._last % KEPT_WRITES == 0:
            self._forget_deleted()

    def _forget_deleted(self) -> None:
        """Drop the marks of rows that were deleted more than KEPT_WRITES writes ago."""
        least = self._last - KEPT_WRITES
        self._rows = {name: row for name, row in self._rows.items() if row[1] is not None or row[0] > least}
