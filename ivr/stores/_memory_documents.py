"""Documents in the memory of this process, kept as JSON text so that they behave like those of the SQLite store."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from heapq import nsmallest

from ivr.engine.ports import Document, DocumentChange

from ._documents import first_key, from_text, to_text
from ._memory_lock import MemoryLock


class MemoryDocuments:
    """The `Documents` part of the memory store."""

    _lock: MemoryLock

    def __init__(self) -> None:
        super().__init__()
        self._documents: dict[str, dict[str, str]] = {}

    def forget(self) -> None:
        """Delete every document."""
        with self._lock.writing():
            self._documents.clear()

    def get(self, collection: str, key: str) -> Document | None:
        """Return a document; None if there is none."""
        return from_text(self.text(collection, key))

    def text(self, collection: str, key: str) -> str | None:
        """Return the JSON text of a document; None if there is none."""
        return self._documents.get(collection, {}).get(key)

    def change(
        self, collection: str, key: str, update: Callable[[Document | None], Document | None]
    ) -> Document | None:
        """Change one document atomically; return the new one. An exception of `update` passes and changes nothing."""
        with self._lock.writing():
            text = to_text(update(self.get(collection, key)))
            self._put_texts({(collection, key): text})
        return from_text(text)

    def keys(self, collection: str, *, after: str = "", prefix: str = "", limit: int = 1000) -> Sequence[str]:
        """Return at most `limit` keys, sorted, that are greater than `after` and begin with `prefix`."""
        start = first_key(after, prefix)
        with self._lock:
            # Copied inside the lock: a dictionary that another thread changes cannot be iterated.
            names = list(self._documents.get(collection, ()))
        return nsmallest(limit, (key for key in names if key >= start and key.startswith(prefix)))

    def _changed_texts(self, changes: Sequence[DocumentChange]) -> dict[tuple[str, str], str | None] | None:
        """Return the texts after all changes; None if the store no longer holds a document as it was read."""
        texts: dict[tuple[str, str], str | None] = {}
        for change in changes:
            place = change.collection, change.key
            stored = texts[place] if place in texts else self.text(*place)
            if stored != change.before:
                return None
            texts[place] = change.after
        return texts

    def _put_texts(self, texts: Mapping[tuple[str, str], str | None]) -> None:
        for (collection, key), text in texts.items():
            documents = self._documents.setdefault(collection, {})
            if text is None:
                documents.pop(key, None)
            else:
                documents[key] = text
