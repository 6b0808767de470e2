"""The protocol of backends that send text messages."""

from __future__ import annotations

import secrets
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

from ivr.crypto import Seal
from ivr.engine.ports import Document, Documents
from ivr.errors import LookupFailed
from ivr.secret import Secret


class UncertainError(LookupFailed):
    """It is unknown whether the carrier has sent the message, so it must not be sent again automatically."""


class Backend(ABC):
    """A backend that sends one message at a time. Operators see its `kind`."""

    kind: ClassVar[str]
    last_resort: ClassVar[bool] = False
    """True if messages stay on this machine."""

    @abstractmethod
    def send(self, number: str, text: Secret, purpose: str, now: float) -> str:
        """Send a message to a number such as +8613800000001; return its id.

        Raises LookupFailed when it was not sent, UncertainError when that is unknown. Neither error text may contain
        the number or the message.
        """


CODE_PURPOSE = "code"
"""The first word of the purpose of a message with a one-time code, which is useless after the code expires."""


@dataclass(frozen=True)
class Letters:
    """Keeps messages sealed with their numbers: one with a code in the vault, any other in its document."""

    documents: Documents
    seal: Seal

    def keep(self, number: str, text: Secret, purpose: str, code_ends: float) -> Document:
        """Keep a message; return the fields of its document. The vault forgets a code at `code_ends`, a Unix time."""
        letter = f"{number}\n{text.reveal()}"
        if not has_code(purpose):
            return {"letter": self.seal.seal(Secret("spoken", letter))}
        entry = f"letter {secrets.token_hex(16)}"
        # A code lives minutes; in a document it would stay readable in the store's free pages and backups.
        self.documents.vault.put(entry, self.seal.close(letter.encode(), entry.encode()), code_ends)
        return {"entry": entry}

    def read(self, document: Document) -> tuple[str, Secret] | None:
        """Return number and text of a message; None if its code has ended. Raises StoreError for another key."""
        if "entry" not in document:
            letter = self.seal.open(document["letter"]).reveal()
        else:
            entry = str(document["entry"])
            data = self.documents.vault.read(entry)
            if data is None:
                return None
            letter = self.seal.reopen(data, entry.encode()).decode()
        number, _, text = letter.partition("\n")
        return number, Secret("otp", text)

    def drop(self, document: Document) -> None:
        """Erase a message from the vault, if it is there."""
        if "entry" in document:
            self.documents.vault.drop(document["entry"])


def has_code(purpose: str) -> bool:
    """Return whether messages of this purpose hold a one-time code."""
    return purpose.partition(" ")[0] == CODE_PURPOSE
