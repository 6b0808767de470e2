"""Notice that the wall clock has jumped, so that nothing is ended or deleted by a wrong time.

What is over by the wall clock is surely over once as much time has passed without a jump. So the store has a record of
that time, which outlives workers, servers and machines: a process that starts after a jump does not believe its clock.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from pathlib import Path

import msgspec
from msgspec.structs import replace

from ivr.engine.ports import Document, Documents
from ivr.telemetry import log

from .outbox import Delivered
from .scheduler import Round

COLLECTION, KEY = "watches", "clock"
MOST_DRIFT = 300.0
"""Seconds by which the wall clock may leave the steady one: time servers correct by less, slowly."""

CLOCK_BELIEVED_SECONDS = 86_400.0
"""After so long without a jump, the clock decides what is months old."""


def _boot() -> str:
    """Return what names this start of the machine; where the system does not tell, this start of the server."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        return uuid.uuid4().hex


BOOT = _boot()
"""The start of the machine: the steady clocks of all its processes count from it."""


class ClockRecord(msgspec.Struct, frozen=True):
    """A look at the clocks of a machine: its start, its wall clock, and by how much the steady one is behind that.

    `lasted` are the seconds for which the wall clock had not jumped, over all machines of a store.
    """

    boot: str
    wall: float
    offset: float
    lasted: float = 0.0

    def jump_to(self, later: ClockRecord) -> float:
        """Return the seconds by which the clock has jumped until a later look; 0 if it has not.

        The steady clock of another machine cannot be compared, nor that of this one before it was started: its wall
        clock must go on from the last look. A long pause counts as a jump, because it cannot be told from one.
        """
        jump = later.offset - self.offset if later.boot == self.boot else later.wall - self.wall
        return jump if abs(jump) > MOST_DRIFT else 0.0

    def followed_by(self, later: ClockRecord) -> ClockRecord:
        """Return the record after a later look."""
        if self.jump_to(later):
            return later
        offset = self.offset if later.boot == self.boot else later.offset  # many small jumps are a large one
        return replace(later, offset=offset, lasted=self.lasted + max(0.0, later.wall - self.wall))


class SteadyClock:
    """Compares the wall clock with one that never jumps. `timer` returns the seconds of that clock."""

    def __init__(
        self,
        documents: Documents,
        clock: Callable[[], float],
        timer: Callable[[], float] = time.monotonic,
        boot: str = BOOT,
    ) -> None:
        self._documents, self._clock, self._timer, self._boot = documents, clock, timer, boot
        self._lasted = 0.0

    def look(self) -> float:
        """Record a look at both clocks; return the seconds of a jump since the last one, or 0. Raises StoreError."""
        self._lasted = 0.0
        wall = self._clock()
        here, jump = ClockRecord(self._boot, wall, wall - self._timer()), 0.0

        def record(before: Document | None) -> Document:
            nonlocal jump
            last = here if before is None else msgspec.convert(before, ClockRecord)
            jump = last.jump_to(here)
            return msgspec.to_builtins(last.followed_by(here))  # type: ignore[no-any-return]

        self._lasted = msgspec.convert(self._documents.change(COLLECTION, KEY, record), ClockRecord).lasted
        return jump

    def round(self, _now: float) -> Delivered:
        """Look at the clocks, and log a jump: a round of the scheduler."""
        if jump := self.look():
            log.line("clock_jumped", seconds=round(jump))
        return Delivered()

    def after(self, seconds: float, job: Callable[[float], object]) -> Round:
        """Return the round of a job that ends or deletes by age; it waits until the clock has run `seconds`."""

        def run(now: float) -> Delivered:
            if self.has_lasted(seconds):
                job(now)
            return Delivered()

        return run

    def has_lasted(self, seconds: float) -> bool:
        """Return whether the wall clock had not jumped for so long at the last look."""
        return self._lasted >= seconds
