"""Run jobs about once a minute in a thread of their own, such as alarms and housekeeping. Must not run in a turn.

Every process on a store may run a scheduler: each round is claimed in the store, so one process runs it, and another
one takes over if that process ends.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from ivr.engine.ports import Document, Documents

from .outbox import Delivered
from .repeating import RepeatedJob

COLLECTION, KEY = "watches", "deadlines"
_EVERY_SECONDS = 60
EARLY_SECONDS = 5
"""Seconds by which a round may be early, since threads do not wake on the exact second."""


Round = Callable[[float], Delivered]
"""A job that runs once a minute, such as `Deadlines.sound`; its argument is the Unix time."""


class Scheduler(RepeatedJob):
    """Runs the rounds. `delivered` receives each non-empty result, `failed` each exception; both must return fast."""

    def __init__(
        self,
        documents: Documents,
        rounds: Sequence[Round],
        *,
        delivered: Callable[[Delivered], None],
        failed: Callable[[Exception], None],
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__("ivr-alarms", every=_EVERY_SECONDS)
        self._documents, self._rounds, self._clock = documents, tuple(rounds), clock
        self._delivered, self._failed = delivered, failed

    def _do_due(self) -> None:
        """Run this minute's rounds unless another process has claimed them; report exceptions and go on."""
        now = self._clock()
        if not self._claim(int(now)):
            return
        done = Delivered()
        # Each in its own try: a receiver of alarms that is down must not keep old calls from being deleted.
        for task in self._rounds:
            try:
                done += task(now)
            except Exception as fault:
                self._failed(fault)
        if done != Delivered():
            self._delivered(done)

    def _report(self, fault: Exception) -> None:
        self._failed(fault)

    def _claim(self, now: int) -> bool:
        claimed = False

        def claim(before: Document | None) -> Document | None:
            nonlocal claimed
            # The clocks of two machines differ by seconds; a claim farther ahead was made before a clock was set back.
            ahead, over = _EVERY_SECONDS, _EVERY_SECONDS - EARLY_SECONDS
            claimed = before is None or not before["at"] - ahead < now < before["at"] + over
            return {"at": now} if claimed else before

        self._documents.change(COLLECTION, KEY, claim)
        return claimed
