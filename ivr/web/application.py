"""The interface of the application for the web."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from ivr.channels.base import Channel, Host
from ivr.services.api_tokens import ApiTokens
from ivr.services.identity.risk import Risks
from ivr.services.queue.service import Queue
from ivr.services.recordings import CallRecordings
from ivr.services.tasks import Tasks
from ivr.services.tickets.handling import TicketHandling
from ivr.services.wrap_ups import WrapUps


class Application(Host, Protocol):
    """The running engine, with the channels that its calls come from."""

    @property
    def channels(self) -> Mapping[str, Channel[Any]]:
        """The configured channels, by kind."""

    @property
    def risks(self) -> Risks:
        """The risk marks of callers and customers."""

    @property
    def tickets(self) -> TicketHandling:
        """The work of staff on complaints."""

    @property
    def call_recordings(self) -> CallRecordings:
        """The recordings of calls, for staff."""

    @property
    def api_tokens(self) -> ApiTokens:
        """The tokens of the API."""

    @property
    def wrap_ups(self) -> WrapUps:
        """The wrap-ups of agents."""

    @property
    def tasks(self) -> Tasks:
        """The calls that people make."""

    @property
    def queue(self) -> Queue:
        """The queue for agents."""

    def sound(self, name: str) -> bytes | None:
        """Return a sound that was rendered for one caller, by its name in the URL; None for an unknown name."""

    def live(self) -> int:
        """Return the number of live calls."""

    def ready(self) -> list[tuple[str, bool, str]]:
        """Return every part that a call needs: its name, whether it is usable, and the reason if not."""

    def degraded(self) -> list[tuple[str, str]]:
        """Return each back end that is unusable now, and why; calls are accepted without it."""
