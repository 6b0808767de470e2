"""What a way of sending text messages must be able to do."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar, Self

from ..engine.ports import Documents
from ..errors import LookupFailed
from ..sealing import Seal
from ..secret import Secret
from ..settings import Settings


class UncertainError(LookupFailed):
    """Nobody knows whether the message went out, so it must not be sent again by itself."""


class Backend(ABC):
    """Sends one message. The kind is the name of its module."""

    kind: ClassVar[str]
    last_resort: ClassVar[bool] = False
    """Taken only where no other is set up."""

    @classmethod
    @abstractmethod
    def set_up(cls, settings: Settings, documents: Documents, seal: Seal) -> Self | None:
        """Return a backend, or None when the settings ask for none of this kind.

        Raises SettingsError when they ask for it and leave out what it needs.
        """

    @abstractmethod
    def send(self, number: str, text: Secret, purpose: str, now: float) -> str:
        """Send to a number such as +8613800000001; return the message's id.

        Raises LookupFailed when it was not sent, UncertainError when nobody knows; neither tells number or message.
        """
