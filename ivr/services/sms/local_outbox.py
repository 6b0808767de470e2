"""Keeps messages in the store instead of sending them, sealed, as they may hold a code: for the demo and for tests."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from ivr.crypto import Seal
from ivr.engine.ports import Documents
from ivr.secret import Secret

from .backend import Backend

OUTBOX = "outbox"
KEPT = 200
_END_OF_TIME = 10**14


@dataclass(frozen=True)
class TextMessage:
    """A message that would have been sent. `text` opens with `reveal()`."""

    id: str
    at: float
    number: str
    text: Secret
    purpose: str


class LocalOutbox(Backend):
    """Keeps the newest messages."""

    kind: ClassVar[str] = "outbox"
    last_resort: ClassVar[bool] = True

    def __init__(self, documents: Documents, seal: Seal) -> None:
        self._documents, self._seal = documents, seal

    def send(self, number: str, text: Secret, purpose: str, now: float) -> str:
        """Keep one message; the oldest beyond what is kept go."""
        at = int(now * 1000)
        # Keys count down, so that the newest come first.
        key = f"{_END_OF_TIME - at:015d}-{secrets.token_hex(4)}"
        # The number is sealed with the text: this collection is the one place that has both in full.
        letter = self._seal.seal(Secret("otp", f"{number}\n{text.reveal()}"))
        self._documents.change(OUTBOX, key, lambda _: {"at_ms": at, "letter": letter, "purpose": purpose})
        for old in self._documents.keys(OUTBOX, limit=KEPT + 50)[KEPT:]:
            self._documents.change(OUTBOX, old, lambda _: None)
        return f"outbox-{key}"

    def messages(self, limit: int = 10) -> Sequence[TextMessage]:
        """Return the newest messages, the newest first."""
        return messages(self._documents, self._seal, limit)


def messages(documents: Documents, seal: Seal, limit: int = 10) -> Sequence[TextMessage]:
    """Return the newest messages in an outbox, the newest first. Raises StoreError for another key."""
    found = []
    for key in documents.keys(OUTBOX, limit=limit):
        if (document := documents.get(OUTBOX, key)) is not None:
            number, _, text = seal.open(document["letter"]).reveal().partition("\n")
            at = document["at_ms"] / 1000
            found.append(TextMessage(f"outbox-{key}", at, number, Secret("otp", text), document["purpose"]))
    return found
