"""Text messages (interim: kept in the store)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from ..engine.ports import Document, Documents
from ..sealing import Seal
from ..secret import Secret
from ..settings import Settings


class Messages:
    """Keeps messages in the outbox of the store."""

    def __init__(self, documents: Documents, seal: Seal) -> None:
        self._documents, self._seal = documents, seal

    @classmethod
    def from_settings(cls, settings: Settings, documents: Documents, seal: Seal) -> Self:
        """Choose how messages are sent."""
        del settings
        return cls(documents, seal)

    def ask(self, question: str, given: Mapping[str, Any], *, key: str, now: float) -> Mapping[str, Any]:
        """Send."""
        del question
        words = given["text"].reveal() if isinstance(given["text"], Secret) else str(given["text"])
        number, text = str(given["number"]), self._seal.seal(Secret("otp", words))

        def keep(before: Document | None) -> Document:
            return before or {"number": number, "sealed": text, "at": int(now)}

        self._documents.change("outbox", f"{int(now):012} {key}", keep)
        return {"id": key, "to_tail": number[-4:]}
