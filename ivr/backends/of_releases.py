"""The lookup of several releases at once: live calls ask as their lookups.yaml says, new ones as the newest says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ivr.flow.outside_services import Lookups

from .http import HttpLookup

CLIENT_LIMIT = 4
"""The most clients that are kept for live calls; an older call's question then fails, and its flow goes on."""


class LookupOfReleases:
    """The engine's `Lookup` port over the newest release's services, and those of the releases before it. Thread-safe.

    `connect` returns the client for the services that a release declares.
    """

    def __init__(self, connect: Callable[[Lookups], HttpLookup], lookups: Lookups) -> None:
        self._connect = connect
        self._clients: tuple[tuple[Lookups, HttpLookup], ...] = ((lookups, connect(lookups)),)

    def take(self, lookups: Lookups) -> None:
        """Let the services of a release be asked first from now on."""
        if lookups == self._clients[0][0]:
            return
        same = [client for client in self._clients if client[0] == lookups] or [(lookups, self._connect(lookups))]
        others = [client for client in self._clients if client[0] != lookups]
        # One assignment, so that threads that ask see the old or the new tuple. A client that drops out is not closed:
        # a turn may be asking over it; its sockets go with it.
        self._clients = (*same, *others)[:CLIENT_LIMIT]

    def __call__(self, source: str, question: Mapping[str, Any], *, deadline: float, key: str) -> Mapping[str, Any]:
        """Ask the newest client that declares the question. Raises LookupFailed; its text never holds a value."""
        clients = self._clients
        fitting = (client for lookups, client in clients if lookups.may_ask(source))
        # A question that no release declares is asked all the same, so that its refusal says what is missing.
        client = next(fitting, clients[0][1])
        return client(source, question, deadline=deadline, key=key)

    def troubles(self) -> Mapping[str, str]:
        """Return each back end of the newest release that cannot be used, with the reason."""
        return self._clients[0][1].troubles()

    def close(self) -> None:
        """Close idle connections."""
        for _, client in self._clients:
            client.close()
