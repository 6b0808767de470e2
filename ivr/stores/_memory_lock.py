"""The one lock of a store in memory: it makes writes atomic over calls, documents and the board."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from ivr.errors import StoreError

from ._deadline import ThreadDeadline
from ._documents import NESTED, READING


class MemoryLock:
    """A context manager for reads of several objects; `writing` and `reading` for blocks that exclude all others."""

    def __init__(self, deadline: ThreadDeadline) -> None:
        self._deadline = deadline
        self._lock = threading.RLock()
        self._owner = 0
        self._refusal = ""

    def __enter__(self) -> None:
        if not self._lock.acquire(timeout=self._deadline.left()):
            raise StoreError("the store in memory has been in use for too long")

    def __exit__(self, *_: object) -> None:
        self._lock.release()

    def writing(self) -> AbstractContextManager[None]:
        """Let only this thread use the store inside the block. Raises StoreError inside of `reading` and itself."""
        return self._exclusive(NESTED)

    def reading(self) -> AbstractContextManager[None]:
        """Let nobody write inside the block, this thread included."""
        return self._exclusive(READING)

    @contextmanager
    def _exclusive(self, refusal: str) -> Iterator[None]:
        if self._owner == threading.get_ident():
            raise StoreError(self._refusal)
        self._deadline.of_write()
        with self:
            self._owner, self._refusal = threading.get_ident(), refusal
            try:
                yield
            finally:
                self._owner = 0
