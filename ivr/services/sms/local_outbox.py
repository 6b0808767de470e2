"""Keeps messages in the store instead of sending them, for the demo and tests; those with a code for its time only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from ivr.crypto import Seal
from ivr.engine.ports import Documents
from ivr.jobs.housekeeping import add_newest
from ivr.secret import Secret
from ivr.settings.identity import Limits

from .backend import Backend, Letters

OUTBOX = "outbox"
KEPT = 200
EXPIRED = Secret("otp", "（验证码已过期 / the code has expired）")
"""The text of a message whose code has expired."""


@dataclass(frozen=True)
class TextMessage:
    """A message that was kept instead of sent. `text.reveal()` returns its text."""

    id: str
    at: float
    number: str
    text: Secret
    purpose: str


class LocalOutbox(Backend):
    """The newest messages in the store."""

    kind: ClassVar[str] = "outbox"
    last_resort: ClassVar[bool] = True

    def __init__(self, documents: Documents, seal: Seal) -> None:
        self._documents, self._seal = documents, seal

    def send(self, number: str, text: Secret, purpose: str, now: float) -> str:
        """Keep one message; delete the oldest beyond the most that are kept."""
        # The number is sealed with the text: only this collection has both in full.
        letter = Letters(self._documents, self._seal).keep(number, text, purpose, now + Limits().code_seconds)
        document = {"at_ms": int(now * 1000), "purpose": purpose, **letter}
        return f"outbox-{add_newest(self._documents, OUTBOX, now, document, KEPT)}"

    def messages(self, limit: int = 10) -> Sequence[TextMessage]:
        """Return the newest messages, the newest first."""
        return messages(self._documents, self._seal, limit)


def messages(documents: Documents, seal: Seal, limit: int = 10) -> Sequence[TextMessage]:
    """Return the newest messages in an outbox, the newest first. Raises StoreError for another key."""
    newest, letters = [], Letters(documents, seal)
    for key in documents.keys(OUTBOX, limit=limit):
        if (document := documents.get(OUTBOX, key)) is not None:
            number, text = letters.read(document) or ("", EXPIRED)
            at = document["at_ms"] / 1000
            newest.append(TextMessage(f"outbox-{key}", at, number, text, document["purpose"]))
    return newest
