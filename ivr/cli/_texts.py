"""Text messages of an outbox as a caller would see them arrive: each once, in the order sent, the number's end only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ivr.engine.ports import Documents
    from ivr.sealing import Seal


class TextMessages:
    """Gives the messages that came since it was last asked; what was there before it began is no news."""

    def __init__(self, documents: Documents, seal: Seal) -> None:
        from ivr.messages.outbox import COLLECTION, KEPT

        self._documents, self._seal = documents, seal
        self._collection, self._most = COLLECTION, KEPT
        self._told = self._keys()

    def __call__(self) -> list[str]:
        """Return a line for each. While the outbox cannot be read there is nothing to tell, and no call breaks."""
        from ivr.errors import StoreError
        from ivr.messages.outbox import messages

        try:
            keys = self._keys()
            new = keys - self._told
            found = messages(self._documents, self._seal, self._most) if new else ()
        except StoreError:
            return []
        self._told = keys
        fresh = (message for message in reversed(found) if message.id.partition("-")[2] in new)
        return [f"[SMS to …{message.number[-4:]}] {' '.join(message.text.reveal().split())}" for message in fresh]

    def _keys(self) -> frozenset[str]:
        return frozenset(self._documents.keys(self._collection, limit=self._most))


@contextmanager
def text_messages(env: Mapping[str, str]) -> Iterator[TextMessages | None]:
    """Read the outbox of a server with these settings; None where another process cannot read its store."""
    from ivr.sealing import Seal
    from ivr.settings import Settings
    from ivr.stores import open_store

    settings = Settings.from_environment(env)
    if settings.store.startswith("memory:"):
        yield None
        return
    store = open_store(settings.store)
    try:
        yield TextMessages(store, Seal.from_settings(settings))
    finally:
        store.close()
