"""Answer questions as a conversation wants them answered, and all others as usual."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ivr.engine.ports import Lookup
from ivr.errors import LookupFailed

from .model import ScriptedAnswer


class ScriptedLookup:
    """A lookup over another one, whose answers a conversation changes while it is played.

    `sleep` lets the time pass that a late answer takes.
    """

    def __init__(self, usual: Lookup, sleep: Callable[[float], None]) -> None:
        self._usual, self._sleep = usual, sleep
        self._scripted: Mapping[str, ScriptedAnswer] = {}

    def script(self, answers: Mapping[str, ScriptedAnswer], *, more: bool = False) -> None:
        """Answer these questions so from now on; with `more`, those of before keep their answers."""
        self._scripted = {**self._scripted, **answers} if more else answers

    def __call__(self, source: str, question: Mapping[str, Any], *, deadline: float, key: str) -> Mapping[str, Any]:
        """Answer. Raises LookupFailed."""
        scripted = self._scripted.get(source)
        if scripted is None:
            return self._usual(source, question, deadline=deadline, key=key)
        # In virtual time, no longer than the engine waits: it gives up at the deadline, as in a call.
        self._sleep(min(scripted.slow, deadline))
        if scripted.slow >= deadline:
            raise LookupFailed(f"the conversation lets it take {scripted.slow:g} s, and it has {deadline:g} s")
        if scripted.outcome == "missing":
            raise LookupFailed("the conversation wants: no such thing", missing=True)
        if scripted.outcome == "error":
            raise LookupFailed("the conversation wants: a fault")
        return {**self._usual_answer(source, question, deadline, key, needed=not scripted.fields), **scripted.fields}

    def _usual_answer(
        self, source: str, question: Mapping[str, Any], deadline: float, key: str, *, needed: bool
    ) -> Mapping[str, Any]:
        """Return the usual answer; nothing if there is none and the conversation gives one of its own."""
        try:
            return self._usual(source, question, deadline=deadline, key=key)
        except LookupFailed:
            if needed:
                raise
            return {}
