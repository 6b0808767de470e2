"""The state of the queue on the board that all processes share: read new rows, change, write, repeat at a conflict."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

import msgspec

from ivr.engine.ports import KEPT_WRITES, Board
from ivr.errors import StoreError
from ivr.stores import UnitOfWork, retries

from .state import TYPES, QueueState, Thing

_T = TypeVar("_T")


class QueueRepository:
    """The state on one board. Thread-safe. `changed` is called after each change by this process.

    `watch` is called once for each change over all processes, with the state before and after it.
    """

    def __init__(self, board: Board, *, changed: Callable[[], None] = lambda: None) -> None:
        self._board, self.changed = board, changed
        self.watch: Callable[[QueueState, QueueState], None] = lambda _before, _after: None
        self._lock = threading.Lock()
        self._state, self._seen = QueueState(), 0

    def state(self) -> QueueState:
        """Return the current state."""
        return self.snapshot()[0]

    def snapshot(self) -> tuple[QueueState, int]:
        """Return the current state and the number of the board's last write."""
        with self._lock:
            self._refresh()
            return self._state, self._seen

    def within(self, unit: UnitOfWork) -> QueueRepository:
        """Return the state in a unit of work."""
        return _UnitRepository(self, unit)

    def change(self, update: Callable[[QueueState], tuple[QueueState, _T]]) -> _T:
        """Change the state and return the answer of `update`, which is pure, quick and may run more than once.

        Raises StoreError after too many conflicts. An exception of `update` passes and changes nothing.
        """
        with self._lock:
            for _ in retries():
                self._refresh()
                before = self._state
                after, answer = update(before)
                rows = _differences(before, after)
                if not rows:
                    return answer
                if self._board.write_rows(rows, seen=self._seen):
                    # The write is known to have been the next one, so its rows need not be read back.
                    self._state, self._seen = after, self._seen + 1
                    break
        # Outside of the lock, because both may read the state again.
        self.watch(before, after)
        self.changed()
        return answer

    def _refresh(self) -> None:
        last, rows = self._board.rows_since(self._seen)
        # The board was emptied or restored, or so much was written that it no longer marks all deleted rows.
        if last < self._seen or last - self._seen > KEPT_WRITES:
            self._state = QueueState()
            last, rows = self._board.rows_since(0)
        if rows:
            self._state = self._state.changed(_things(rows))
        self._seen = last


class _UnitRepository(QueueRepository):
    """The state in one unit of work: read once, changed in memory, written by the unit's commit."""

    def __init__(self, shared: QueueRepository, unit: UnitOfWork) -> None:
        super().__init__(unit)
        self._shared, self._unit = shared, unit
        self._own: tuple[QueueState, int] | None = None

    def snapshot(self) -> tuple[QueueState, int]:
        """Return the state with the changes of this unit; after a commit of the unit, it is read again."""
        if self._own is None:
            self._own = self._shared.snapshot()
            self._unit.afterwards(self._forget)
        return self._own

    def _forget(self) -> None:
        self._own = None

    def change(self, update: Callable[[QueueState], tuple[QueueState, _T]]) -> _T:
        """Change the state in this unit."""
        before, seen = self.snapshot()
        after, answer = update(before)
        if rows := _differences(before, after):
            self._own = after, seen
            self._unit.write_rows(rows, seen=seen)
            self.watch(before, after)
            self._unit.afterwards(self._shared.changed)
        return answer


def _differences(before: QueueState, after: QueueState) -> dict[str, bytes | None]:
    rows: dict[str, bytes | None] = {}
    for kind in TYPES:
        old: Mapping[str, Thing] = getattr(before, kind)
        new: Mapping[str, Thing] = getattr(after, kind)
        if old is new:
            continue
        for key, thing in new.items():
            # Identity first: of hundreds of waiters nearly all are the same objects as before.
            if old.get(key) is not thing and old.get(key) != thing:
                rows[f"{kind}/{key}"] = msgspec.json.encode(thing)
        rows.update((f"{kind}/{key}", None) for key in old if key not in new)
    return rows


def _things(rows: Mapping[str, bytes | None]) -> Iterator[tuple[str, str, Thing | None]]:
    for name, body in rows.items():
        kind, _, key = name.partition("/")
        if kind in TYPES:  # rows of other kinds belong to a newer version of this software
            yield kind, key, None if body is None else _read(kind, body)


def _read(kind: str, body: bytes) -> Thing:
    try:
        thing: Thing = _DECODERS[kind].decode(body)
    except msgspec.MsgspecError:
        raise StoreError("the queue cannot be read; it was written by another version") from None
    return thing


_DECODERS: Mapping[str, msgspec.json.Decoder[Any]] = {kind: msgspec.json.Decoder(cls) for kind, cls in TYPES.items()}
