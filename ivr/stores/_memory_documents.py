"""Documents in the memory of this process, kept as JSON text so that they behave like those of the SQLite store."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from heapq import nsmallest

from ivr.engine.ports import Document
from ivr.errors import StoreError

from ._documents import NESTED, first_key, from_text, to_text


class MemoryDocuments:
    """The `Documents` part of the memory store."""

    def __init__(self) -> None:
        super().__init__()
        self._changing = threading.Lock()
        self._changer = 0
        self._documents: dict[str, dict[str, str]] = {}

    def forget(self) -> None:
        """Delete every document, so that the next call finds none."""
        with self._changing:
            self._documents.clear()

    def get(self, collection: str, key: str) -> Document | None:
        """Return a document, or None."""
        return from_text(self._documents.get(collection, {}).get(key))

    def change(
        self, collection: str, key: str, update: Callable[[Document | None], Document | None]
    ) -> Document | None:
        """Read, update and write one document atomically. An exception of `update` is passed on and changes nothing."""
        if self._changer == threading.get_ident():
            raise StoreError(NESTED)
        with self._changing:
            self._changer = threading.get_ident()
            try:
                text = to_text(update(self.get(collection, key)))
            finally:
                self._changer = 0
            documents = self._documents.setdefault(collection, {})
            if text is None:
                documents.pop(key, None)
            else:
                documents[key] = text
        return from_text(text)

    def keys(self, collection: str, *, after: str = "", prefix: str = "", limit: int = 1000) -> Sequence[str]:
        """Return the keys after `after` that begin with `prefix`, in order, at most `limit`."""
        start = first_key(after, prefix)
        with self._changing:
            names = list(self._documents.get(collection, ()))
        return nsmallest(limit, (key for key in names if key >= start and key.startswith(prefix)))
