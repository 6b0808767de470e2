"""Show text messages of the outbox as they are sent: each once, in order, with the last digits of the number only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ivr.crypto import Seal
    from ivr.engine.ports import Documents
    from ivr.services.sms.local_outbox import TextMessage


class TextMessages:
    """Returns the messages that are new since the last call; those sent before it was created are skipped."""

    def __init__(self, documents: Documents, seal: Seal) -> None:
        from ivr.services.sms.local_outbox import KEPT, OUTBOX

        self._documents, self._seal = documents, seal
        self._collection, self._most = OUTBOX, KEPT
        self._shown = frozenset(self._keys())

    def __call__(self) -> list[str]:
        """Return one line per new message; none while the outbox cannot be read."""
        from ivr.errors import StoreError
        from ivr.services.sms.local_outbox import messages

        try:
            keys = self._keys()
            # No further back than new messages: older ones may be encrypted with the key of another run.
            depth = max((place for place, key in enumerate(keys, 1) if key not in self._shown), default=0)
            newest = messages(self._documents, self._seal, depth) if depth else ()
        except StoreError:
            return []
        fresh = {message.id.partition("-")[2]: message for message in reversed(newest)}
        lines = [_line(message) for key, message in fresh.items() if key not in self._shown]
        # Not all keys: a message that arrived in between has not been read yet.
        self._shown = (self._shown & frozenset(keys)) | frozenset(fresh)
        return lines

    def _keys(self) -> Sequence[str]:
        return self._documents.keys(self._collection, limit=self._most)


def _line(message: TextMessage) -> str:
    return f"[SMS to …{message.number[-4:]}] {' '.join(message.text.reveal().split())}"


@contextmanager
def text_messages(env: Mapping[str, str]) -> Iterator[TextMessages | None]:
    """Read the outbox of a server with these settings; None for a store in memory, which no other process can read."""
    from ivr.crypto import Seal
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
