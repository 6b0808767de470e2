"""The protocol of backends that send text messages."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from ivr.crypto import Seal
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


def seal_letter(seal: Seal, number: str, text: Secret) -> str:
    """Seal a message together with its number, as it is kept in the store."""
    return seal.seal(Secret("otp", f"{number}\n{text.reveal()}"))


def open_letter(seal: Seal, letter: str) -> tuple[str, Secret]:
    """Return the number and the text of a sealed message. Raises StoreError for another key."""
    number, _, text = seal.open(letter).reveal().partition("\n")
    return number, Secret("otp", text)
