"""The store that the simulated workers share: the product's store in memory, behind a port for each worker.

Every use of it is a point at which other tasks run, and at which a `Judge` may let it fail. What is committed survives
the death of a worker; leases do not, as with locks that a system frees for a killed process.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from ivr.engine.ports import Changes, Document, JournalRow, Saved
from ivr.errors import StoreBusy, StoreError
from ivr.stores._documents import READING
from ivr.stores._lease import LEASE_SECONDS
from ivr.stores.memory import MemoryStore

from .points import Judge, Point, Verdict
from .stage import Stage, Task, WorkerDied

T = TypeVar("T")

QUICK, SLOW = 0.002, 0.25
"""The longest usual wait for the store, and the longest of one in a hundred, in seconds."""


class Witness(Protocol):
    """Is told of everything that becomes durable."""

    def committed(self, changes: Changes) -> None: ...
    def wrote_document(self, collection: str, key: str, text: str | None) -> None: ...
    def wrote_board(self, rows: Mapping[str, bytes | None], seen: int) -> None: ...


class Process(Protocol):
    """A worker as its ports see it. `life` counts how often it was killed."""

    life: int

    def kill(self) -> None: ...


@dataclass
class SharedStore:
    """What is durable, and who holds which call."""

    stage: Stage
    chance: random.Random
    judge: Judge
    witness: Witness
    memory: MemoryStore = field(default_factory=MemoryStore)
    holders: dict[str, Task] = field(default_factory=dict)
    waiting: dict[str, list[Task]] = field(default_factory=dict)
    points: int = 0

    def free(self, call_id: str, task: Task) -> None:
        if self.holders.get(call_id) is task:
            del self.holders[call_id]
            # All are woken and the first to run takes the lease; the rest wait again.
            for other in self.waiting.pop(call_id, []):
                self.stage.wake(other)

    def free_all(self, process: Process) -> None:
        """Free the leases of a process that has been killed."""
        for call_id, task in list(self.holders.items()):
            if task.owner is process:
                self.free(call_id, task)


class WorkerStore:
    """The store as one life of one worker uses it."""

    def __init__(self, shared: SharedStore, process: Process) -> None:
        self._shared, self._process, self._life = shared, process, process.life
        self._stage, self._memory = shared.stage, shared.memory
        self.vault = WorkerVault(self)

    # calls

    @contextmanager
    def lease(self, call_id: str, *, within: float = LEASE_SECONDS, key: str | None = None) -> Iterator[None]:
        task, shared = self._stage.task(), self._shared
        # The deadline holds for everything inside of the lease, as the product's stores hold it.
        outer, task.until = task.until, min(task.until, self._stage.timer() + within)
        try:
            self._meet(Point.LEASE)
            self._take(call_id, task)
            try:
                yield
            finally:
                shared.free(call_id, task)
        finally:
            task.until = outer

    def waiting(self, seconds: float) -> AbstractContextManager[None]:
        return self._within(seconds)

    @contextmanager
    def reading(self) -> Iterator[None]:
        task = self._stage.task()
        # As in the real stores, where a reading is one transaction, which cannot begin within another.
        if task.reading:
            raise StoreError(READING)
        task.reading = True
        try:
            yield
        finally:
            task.reading = False

    def load(self, call_id: str, key: str = "") -> Saved | None:
        return self._read(lambda: self._memory.load(call_id, key))

    def commit(self, changes: Changes) -> bool:
        def write() -> bool:
            written = self._memory.commit(changes)
            # The witness sees only what is durable, at the moment when it becomes so.
            if written:
                self._shared.witness.committed(changes)
            return written

        return self._write(write)

    def save(self, saved: Saved, rows: Sequence[JournalRow], *, expected: int | None) -> bool:
        return self.commit(Changes(saved, expected, rows[-1].at if rows else 0.0, rows))

    def forget_replies(self, before: float, *, limit: int = 1000) -> int:
        return self._write(lambda: self._memory.forget_replies(before, limit=limit))

    def journal(self, call_id: str | None = None, *, after: int = 0, limit: int = 1000) -> Sequence[JournalRow]:
        return self._read(lambda: list(self._memory.journal(call_id, after=after, limit=limit)))

    def calls(self, *, live: bool, limit: int = 100, oldest: bool = False) -> Sequence[str]:
        return self._read(lambda: self._memory.calls(live=live, limit=limit, oldest=oldest))

    def prune(self, before: float, *, limit: int = 1000) -> int:
        return self._write(lambda: self._memory.prune(before, limit=limit))

    def live(self) -> int:
        return self._read(self._memory.live)

    def keep_release(self, version: str, files: Mapping[str, str]) -> None:
        self._memory.keep_release(version, files)

    def release(self, version: str) -> Mapping[str, str] | None:
        return self._memory.release(version)

    def ping(self) -> None:
        self._meet(Point.WRITE)

    def close(self) -> None: ...

    # documents

    def get(self, collection: str, key: str) -> Document | None:
        return self._read(lambda: self._memory.get(collection, key))

    def text(self, collection: str, key: str) -> str | None:
        return self._read(lambda: self._memory.text(collection, key))

    def change(
        self, collection: str, key: str, update: Callable[[Document | None], Document | None]
    ) -> Document | None:
        def write() -> Document | None:
            # The text is read again from the store, since the update may have been run several times.
            after = self._memory.change(collection, key, update)
            self._shared.witness.wrote_document(collection, key, self._memory.text(collection, key))
            return after

        return self._write(write)

    def keys(self, collection: str, *, after: str = "", prefix: str = "", limit: int = 1000) -> Sequence[str]:
        return self._read(lambda: self._memory.keys(collection, after=after, prefix=prefix, limit=limit))

    # board

    def rows_since(self, write: int) -> tuple[int, Mapping[str, bytes | None]]:
        return self._read(lambda: self._memory.rows_since(write))

    def write_rows(self, rows: Mapping[str, bytes | None], *, seen: int) -> bool:
        def write() -> bool:
            written = self._memory.write_rows(rows, seen=seen)
            if written and rows:
                self._shared.witness.wrote_board(rows, seen)
            return written

        return self._write(write)

    # points

    def _take(self, call_id: str, task: Task) -> None:
        shared = self._shared
        while call_id in shared.holders:
            left = task.until - self._stage.timer()
            if left <= 0:
                raise StoreBusy("another request has held this call for too long")
            shared.waiting.setdefault(call_id, []).append(task)
            self._stage.pause(left)
            self._check_life(task)
        shared.holders[call_id] = task

    def _read(self, work: Callable[[], T]) -> T:
        return self._done(self._meet(Point.READ), work)

    def _write(self, work: Callable[[], T]) -> T:
        if self._stage.task().reading:
            raise StoreError(READING)
        return self._done(self._meet(Point.WRITE), work)

    def _meet(self, point: Point) -> Verdict | None:
        """Wait for the store; return what is to happen after the work."""
        task, shared = self._stage.task(), self._shared
        self._check_life(task)
        # One use in a hundred is slow, so that others overtake it.
        usual = shared.chance.random() < 0.99
        self._stage.sleep(shared.chance.random() * (QUICK if usual else SLOW))
        self._check_life(task)
        shared.points += 1
        verdict = shared.judge(point, task)
        if verdict is Verdict.FAIL:
            raise StoreError("the disk reported a fault")
        if verdict is Verdict.HANG:
            # Five seconds at most: a use of the store without a deadline would hang for ever.
            self._stage.sleep(max(0.0, min(5.0, task.until - self._stage.timer())))
            self._check_life(task)
            raise StoreBusy("the store has been in use for too long")
        if verdict is Verdict.DIE:
            self._die()
        return verdict

    def _done(self, verdict: Verdict | None, work: Callable[[], T]) -> T:
        result = work()
        if verdict is Verdict.DIE_AFTER:
            self._die()
        if verdict is Verdict.UNSURE:
            raise StoreError("the connection broke while the answer was awaited")
        return result

    def _die(self) -> None:
        self._process.kill()
        raise WorkerDied

    def _check_life(self, task: Task) -> None:
        # Tasks of a killed process still stand in the stage; the first thing that they do next must be to unwind.
        if self._process.life != self._life:
            raise WorkerDied

    @contextmanager
    def _within(self, seconds: float) -> Iterator[None]:
        task: Any = self._stage.task()
        outer, task.until = task.until, min(task.until, self._stage.timer() + seconds)
        try:
            yield
        finally:
            task.until = outer


class WorkerVault:
    """The vault as one life of one worker uses it: changed at once, beside the transaction."""

    def __init__(self, store: WorkerStore) -> None:
        self._store, self._vault = store, store._memory.vault

    def put(self, key: str, data: bytes, until: float) -> None:
        self._use(Point.WRITE, lambda: self._vault.put(key, data, until))

    def read(self, key: str) -> bytes | None:
        return self._use(Point.READ, lambda: self._vault.read(key))

    def drop(self, key: str) -> None:
        self._use(Point.WRITE, lambda: self._vault.drop(key))

    def drop_expired(self, now: float) -> int:
        return self._use(Point.WRITE, lambda: self._vault.drop_expired(now))

    def _use(self, point: Point, work: Callable[[], T]) -> T:
        return self._store._done(self._store._meet(point), work)
