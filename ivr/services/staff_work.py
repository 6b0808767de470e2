"""The work of staff on what callers leave in the store: complaints, calls to make, wrap-ups. Must not place calls."""

from __future__ import annotations

from abc import ABC, abstractmethod

from ivr.flow.model import Release
from ivr.flow.phrasebook import Phrasebooks
from ivr.stores import Store

from .api_tokens import ApiTokens
from .tasks import Tasks
from .tickets.handling import TicketHandling
from .wrap_ups import WrapUps


class StaffWork(ABC):
    """Base of an engine with a `store`, for the web and the command line."""

    store: Store

    @property
    @abstractmethod
    def release(self) -> Release:
        """The release that is live, whose line names the kinds of tickets."""

    @property
    def phrases(self) -> Phrasebooks:
        """The engine's own phrases of the live release, of which agents hear some."""
        return self.release.line.phrases

    @property
    def tickets(self) -> TicketHandling:
        """The work of staff on complaints."""
        return TicketHandling(self.store, self.release.line.classes.ticket_kinds)

    @property
    def wrap_ups(self) -> WrapUps:
        """The wrap-ups of agents."""
        return WrapUps(self.store)

    @property
    def tasks(self) -> Tasks:
        """The calls that people make."""
        return Tasks(self.store)

    @property
    def api_tokens(self) -> ApiTokens:
        """The tokens of the API."""
        return ApiTokens(self.store)
