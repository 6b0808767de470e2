"""The services of our own as the engine and its steps ask them: typed questions, typed answers, a protocol for each.

`ServicePorts` names every service by the word that a flow's `from:` begins with.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from . import identity, line, memory, queue, risk, sms, survey, tickets
from .question import A, Question

_MODULES = (identity, line, memory, queue, risk, sms, survey, tickets)


class ServicePorts(Protocol):
    """Every service of our own. One is made when it is asked for the first time."""

    @property
    def identity(self) -> identity.IdentityPort:
        """Counts tries, locks accounts, sends and checks codes."""

    @property
    def risk(self) -> risk.RiskPort:
        """Knows whom the bank warns of."""

    @property
    def sms(self) -> sms.SmsPort:
        """Sends text messages."""

    @property
    def tickets(self) -> tickets.TicketsPort:
        """Takes complaints."""

    @property
    def survey(self) -> survey.SurveyPort:
        """Takes what callers think of a talk."""

    @property
    def memory(self) -> memory.MemoryPort:
        """Remembers what a caller chose."""

    @property
    def line(self) -> line.LinePort:
        """Announces what operators have switched on."""

    @property
    def queue(self) -> queue.QueuePort:
        """Brings callers to people."""


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


QUESTIONS: Mapping[str, type[Question[Any]]] = {kind.source: kind for kind in _declared()}
"""Every question that our services answer, by its name in flows."""
