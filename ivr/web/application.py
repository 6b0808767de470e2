"""What the web needs of the application."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from ivr.channels.base import Channel, Host
from ivr.services.identity.risk import Risks
from ivr.services.queue.service import Queue


class Application(Host, Protocol):
    """The running engine, with the channels that its calls come from."""

    @property
    def channels(self) -> Mapping[str, Channel[Any]]:
        """The channels that are installed and used, by kind."""

    @property
    def risks(self) -> Risks:
        """The callers and customers that the bank warns of."""

    @property
    def queue(self) -> Queue:
        """Who waits for a person, and who is at the desks."""

    def sound(self, name: str) -> bytes | None:
        """Return a sound that was rendered for one caller, by its name in the address; None for an unknown name."""

    def live(self) -> int:
        """Count the calls that have not ended."""

    def ready(self) -> list[tuple[str, bool, str]]:
        """Name every part that a call needs, whether it can be used, and why not."""

    def degraded(self) -> list[tuple[str, str]]:
        """Name the back ends that cannot be used now, and why: calls are taken all the same."""
