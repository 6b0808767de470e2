"""The one lock of a store in memory: it makes writes atomic over calls, documents and the board."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from ivr.errors import StoreBusy, StoreError

from ._deadline import ThreadDeadline
from ._documents import NESTED, READING


class MemoryLock:
    """A context manager for reads of several objects; `writing` excludes all others from its block.

    `reading` excludes no other thread: a turn runs inside it, and turns of other calls must not wait for it. The commit
    of the turn compares the documents that it changes.
    """

    def __init__(self, deadline: ThreadDeadline) -> None:
        self._deadline = deadline
        # Reentrant, because a write reads documents through the methods that take the lock themselves.
        self._lock = threading.RLock()
        self._thread = _Thread()

    def __enter__(self) -> None:
        if not self._lock.acquire(timeout=self._deadline.left()):
            raise StoreBusy("the store in memory has been in use for too long")

    def __exit__(self, *_: object) -> None:
        self._lock.release()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Exclude all other threads from the block. Raises StoreError inside of `reading` or of another `writing`."""
        with self._refusing(NESTED), self:
            yield

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Refuse writes of this thread inside the block."""
        with self._refusing(READING):
            yield

    @contextmanager
    def _refusing(self, refusal: str) -> Iterator[None]:
        if self._thread.refusal:
            raise StoreError(self._thread.refusal)
        self._thread.refusal = refusal
        try:
            yield
        finally:
            self._thread.refusal = ""


class _Thread(threading.local):
    refusal = ""
