"""The ports of our own services: typed questions, typed answers, and a protocol for each service.

`ServicePorts` names every service by the word that a flow's `from:` begins with.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from . import dropped, identity, line, memory, queue, risk, sms, survey, tickets
from .question import A, Question

_MODULES = (dropped, identity, line, memory, queue, risk, sms, survey, tickets)


class ServicePorts(Protocol):
    """All our own services. Each is made at its first question."""

    @property
    def identity(self) -> identity.IdentityPort:
        """Counts tries, locks accounts, sends and checks codes."""

    @property
    def risk(self) -> risk.RiskPort:
        """Keeps the bank's marks of callers at risk."""

    @property
    def sms(self) -> sms.SmsPort:
        """Sends text messages."""

    @property
    def tickets(self) -> tickets.TicketsPort:
        """Keeps complaints."""

    @property
    def survey(self) -> survey.SurveyPort:
        """Keeps the surveys of callers."""

    @property
    def memory(self) -> memory.MemoryPort:
        """Keeps the preferences of callers."""

    @property
    def dropped(self) -> dropped.DroppedPort:
        """Keeps where callers were cut off."""

    @property
    def line(self) -> line.LinePort:
        """Returns the announcements that operators have switched on."""

    @property
    def queue(self) -> queue.QueuePort:
        """Connects callers with agents."""


class Asker(Protocol):
    """Asks our own services outside of a turn."""

    def ask(self, question: Question[A], *, key: str) -> A:
        """Ask the service that a question belongs to. The same key again gets the same answer and does nothing twice.

        Raises LookupFailed, with `missing` for "no such thing"; its text repeats no value.
        """


def _declared() -> Iterator[type[Question[Any]]]:
    for module in _MODULES:
        for kind in vars(module).values():
            if isinstance(kind, type) and issubclass(kind, Question) and "source" in vars(kind):
                yield kind


QUESTIONS: Mapping[str, type[Question[Any]]] = {kind.source: kind for kind in _declared() if kind.for_flows}
"""Every question to our services that flows may ask, by its name in flows."""
