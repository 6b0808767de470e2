"""Count what happens to callers of a staged release and of the live one beside it, over all processes.

Counts are in memory and written to the store by a thread every few seconds: a turn writes nothing for them. A process
that is killed loses the counts of those seconds.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterable

import msgspec

from ivr.engine.ports import Documents, Event

from .publication import StagedRelease

TALLIES = "publishing_tallies"
"""The collection, with one document per stage, release and process."""


class StageTally(msgspec.Struct, frozen=True):
    """Counts of one release: calls, their turns, and turns that ended in an error, a no_match or a no_input."""

    calls: int = 0
    turns: int = 0
    errors: int = 0
    misses: int = 0
    silences: int = 0

    def plus(self, other: StageTally) -> StageTally:
        """Return the sum."""
        return StageTally(*(mine + yours for mine, yours in zip(self.counts(), other.counts(), strict=True)))

    def counts(self) -> tuple[int, ...]:
        """Return the counts in order."""
        return (self.calls, self.turns, self.errors, self.misses, self.silences)


class ReleaseTallies:
    """The counts of one process. Thread-safe. Calls that began before the staged release are not counted."""

    def __init__(self) -> None:
        self._process = uuid.uuid4().hex[:12]
        self._lock = threading.Lock()
        self._stage: StagedRelease | None = None
        self._counts: dict[str, StageTally] = {}

    def follow(self, stage: StagedRelease | None) -> None:
        """Count for this stage from now on; None counts nothing."""
        with self._lock:
            if stage != self._stage:
                self._stage, self._counts = stage, {}

    def turn(self, version: str, started: float, events: Iterable[Event], *, first: bool) -> None:
        """Count an answered turn of a call that began at a Unix time."""
        if self._stage is None or started < self._stage.since:
            return
        kinds = [event.kind for event in events]
        self._add(version, StageTally(int(first), 1, 0, int("no_match" in kinds), int("no_input" in kinds)))

    def error(self, version: str, started: float) -> None:
        """Count a turn that the flow could not answer, so that the caller heard an apology."""
        if self._stage is not None and started >= self._stage.since:
            self._add(version, StageTally(turns=1, errors=1))

    def flush(self, documents: Documents) -> None:
        """Write the counts of this process. Raises StoreError."""
        with self._lock:
            stage, counts = self._stage, dict(self._counts)
        for version, tally in counts.items() if stage else ():
            key = f"{_stage_key(stage)}{version}.{self._process}" if stage else ""
            plain = msgspec.to_builtins(tally)
            # The whole count is written each time, so a write that is lost or repeated corrects itself.
            documents.change(TALLIES, key, lambda _, plain=plain: plain)  # type: ignore[misc]

    def _add(self, version: str, tally: StageTally) -> None:
        with self._lock:
            self._counts[version] = self._counts.get(version, StageTally()).plus(tally)


def stage_tally(documents: Documents, stage: StagedRelease, version: str) -> StageTally:
    """Return the counts of a release in a stage, over all processes. Raises StoreError."""
    total, prefix = StageTally(), f"{_stage_key(stage)}{version}."
    for key in documents.keys(TALLIES, prefix=prefix):
        if (document := documents.get(TALLIES, key)) is not None:
            total = total.plus(msgspec.convert(document, StageTally))
    return total


def forget_tallies(documents: Documents, stage: StagedRelease | None) -> None:
    """Delete the counts of all stages but one. Raises StoreError."""
    current = _stage_key(stage) if stage else ""
    for key in documents.keys(TALLIES):
        if not current or not key.startswith(current):
            documents.change(TALLIES, key, lambda _: None)


def _stage_key(stage: StagedRelease) -> str:
    return f"{stage.since:.3f}."
