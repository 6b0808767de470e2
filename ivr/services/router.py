"""Routes each question to its back end: the bank over HTTP, or a service of our own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol, runtime_checkable

from ivr.engine.ports import Lookup
from ivr.engine.service_ports import ServicePorts
from ivr.engine.service_ports.question import A, Question
from ivr.errors import LookupFailed
from ivr.stores import Store, UnitOfWork, in_one_commit

from .registry import OwnServices


@runtime_checkable
class ReportsTroubles(Protocol):
    """A back end that reports its own faults. A back end without this protocol is usable while the store is."""

    def troubles(self) -> Mapping[str, str]:
        """Return the reasons why parts of it cannot be used, by name. It must be quick and change nothing."""


class Router:
    """The back ends of the engine: the bank `outside`, asked by name, and our own services, asked by typed questions.

    `clock` returns Unix seconds.
    """

    def __init__(self, outside: Lookup, own: OwnServices, store: Store, clock: Callable[[], float]) -> None:
        self._outside, self._own, self._store, self._clock = outside, own, store, clock

    def __call__(self, source: str, question: Mapping[str, Any], *, deadline: float, key: str) -> Mapping[str, Any]:
        """Ask the bank. Raises LookupFailed."""
        return self._outside(source, question, deadline=deadline, key=key)

    def within(self, unit: UnitOfWork) -> ServicePorts:
        """Return our own services over a unit of work."""
        return self._own.within(unit)

    def ask(self, question: Question[A], *, key: str) -> A:
        """Ask a service outside of a turn and commit its changes. Raises LookupFailed."""
        now = self._clock()
        return in_one_commit(self._store, lambda unit: answer(self.within(unit), question, key=key, now=now))

    def troubles(self) -> list[tuple[str, str]]:
        """Return the reasons why back ends cannot be used now, by name."""
        asked = (self._outside, self._own)
        troubles = (back_end.troubles() for back_end in asked if isinstance(back_end, ReportsTroubles))
        return [(name, why) for of_one in troubles for name, why in of_one.items()]


def answer(services: ServicePorts, question: Question[A], *, key: str, now: float) -> A:
    """Answer a question by the method of its service that has its name.

    Raises LookupFailed, also for any error of a service, so that no error breaks a call.
    """
    service, _, name = question.source.partition(".")
    try:
        answer: A = getattr(getattr(services, service), name)(question, key=key, now=now)
    except LookupFailed:
        raise
    # A fault in one service is an answer that is missing; the flow has a way on for that, the caller no way around a
    # crash.
    except Exception as fault:
        raise LookupFailed(f"{service} cannot be asked ({type(fault).__name__})") from None
    return answer
