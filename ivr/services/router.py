"""Sends each question to the back end it names: the bank over HTTP, or a service of our own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol, runtime_checkable

from ivr.engine.ports import Lookup, Service
from ivr.errors import LookupFailed


@runtime_checkable
class Telling(Protocol):
    """A back end that can tell what is wrong with it. Whoever cannot is well while the store is."""

    def troubles(self) -> Mapping[str, str]:
        """Tell by name what cannot be used, and why; quick, and without asking anything that counts."""


class Router:
    """The engine's `Lookup` port over many back ends: the word before the dot chooses.

    What `services` names is asked here; everything else goes `outside`. `clock` gives Unix seconds.
    """

    def __init__(self, outside: Lookup, services: Mapping[str, Service], clock: Callable[[], float]) -> None:
        self._outside = outside
        self._services = dict(services)
        self._clock = clock

    def __call__(self, source: str, question: Mapping[str, Any], *, deadline: float, key: str) -> Mapping[str, Any]:
        """Answer. Raises LookupFailed; a fault of a service of our own must not break the call either."""
        name, _, asked = source.partition(".")
        service = self._services.get(name)
        if service is None:
            return self._outside(source, question, deadline=deadline, key=key)
        try:
            return service.ask(asked, question, key=key, now=self._clock())
        except LookupFailed:
            raise
        except Exception as fault:
            raise LookupFailed(f"{name} cannot be asked ({type(fault).__name__})") from None

    def troubles(self) -> list[tuple[str, str]]:
        """Name each back end that cannot be used now, and why."""
        told = (asked.troubles() for asked in (self._outside, *self._services.values()) if isinstance(asked, Telling))
        return [(name, why) for troubles in told for name, why in troubles.items()]
