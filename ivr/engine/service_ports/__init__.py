"""The services of our own as the engine and its steps ask them: typed questions, typed answers, a protocol for each.

`ServicePorts` names every service by the word that a flow's `from:` begins with.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from . import identity, line, memory, queue, risk, sms, survey, tickets
from .question import A, Question

_MODULES = (identity, line, memory, queue, risk, sms, survey, tickets)


@dataclass(frozen=True)
class ServicePorts:
    """Every service of our own."""

    identity: identity.IdentityPort
    risk: risk.RiskPort
    sms: sms.SmsPort
    tickets: tickets.TicketsPort
    survey: survey.SurveyPort
    memory: memory.MemoryPort
    line: line.LinePort
    queue: queue.QueuePort


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
