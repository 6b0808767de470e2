"""Text messages of an outbox as a caller would see them arrive: each once, in the order sent, the number's end only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ivr.crypto import Seal
    from ivr.engine.ports import Documents
    from ivr.services.sms.local_outbox import TextMessage


class TextMessages:
    """Gives the messages that came since it was last asked; what was there before it began is no news."""

    def __init__(self, documents: Documents, seal: Seal) -> None:
        from ivr.services.sms.local_outbox import KEPT, OUTBOX

        self._documents, self._seal = documents, seal
        self._collection, self._most = OUTBOX, KEPT
        self._told = frozenset(self._keys())

    def __call__(self) -> list[str]:
        """Return a line for each. While the outbox cannot be read there is nothing to tell, and no call breaks."""
        from ivr.errors import StoreError
        from ivr.services.sms.local_outbox import messages

        try:
            keys = self._keys()
            # No further back than the news: what is older may be sealed with the key of another run.
            depth = max((place for place, key in enumerate(keys, 1) if key not in self._told), default=0)
            newest = messages(self._documents, self._seal, depth) if depth else ()
        except StoreError:
            return []
        fresh = {message.id.partition("-")[2]: message for message in reversed(newest)}
        lines = [_line(message) for key, message in fresh.items() if key not in self._told]
        # Not simply all keys: a message that came in between was not read yet, or was read without its key.
        self._told = (self._told & frozenset(keys)) | frozenset(fresh)
        return lines

    def _keys(self) -> Sequence[str]:
        return self._documents.keys(self._collection, limit=self._most)


def _line(message: TextMessage) -> str:
    return f"[SMS to …{message.number[-4:]}] {' '.join(message.text.reveal().split())}"


@contextmanager
def text_messages(env: Mapping[str, str]) -> Iterator[TextMessages | None]:
    """Read the outbox of a server with these settings; None where another process cannot read its store."""
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
