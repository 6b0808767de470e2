"""What a way of sending text messages must be able to do."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from ivr.errors import LookupFailed
from ivr.secret import Secret


class UncertainError(LookupFailed):
    """Nobody knows whether the message went out, so it must not be sent again by itself."""


class Backend(ABC):
    """Sends one message. `kind` names it for operators."""

    kind: ClassVar[str]
    last_resort: ClassVar[bool] = False
    """Whether messages stay on this machine."""

    @abstractmethod
    def send(self, number: str, text: Secret, purpose: str, now: float) -> str:
        """Send to a number such as +8613800000001; return the message's id.

        Raises LookupFailed when it was not sent, UncertainError when nobody knows; neither tells number or message.
        """
