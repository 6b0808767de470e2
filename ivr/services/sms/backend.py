"""The protocol of backends that send text messages."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

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
