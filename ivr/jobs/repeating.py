"""Work that is done again and again in a thread of its own, and at once after a change. Must not run in a turn."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod


class RepeatedJob(ABC):
    """Runs `round` every `every` seconds, and after each `wake`.

    Changes within `gather` seconds after the first that wakes it share a round.
    """

    def __init__(self, name: str, *, every: float, gather: float = 0.0) -> None:
        self._every, self._gather = every, gather
        self._awake, self._end = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    @abstractmethod
    def _do_due(self) -> None:
        """Do all that is due now."""

    @abstractmethod
    def _report(self, fault: Exception) -> None:
        """Report that a round raised an exception; the next one comes all the same."""

    def round(self) -> None:
        """Do all that is due now; an exception is reported."""
        try:
            self._do_due()
        except Exception as fault:
            self._report(fault)

    def start(self) -> None:
        """Start in the process that does the work, because a fork does not copy threads."""
        self._thread.start()

    def wake(self) -> None:
        """Let the next round begin at once."""
        self._awake.set()

    def stop(self) -> None:
        """Wait for the round that is under way, and run none after it. A process that exits need not call it."""
        self._end.set()
        self._awake.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        while not self._end.is_set():
            # Cleared before the round: a change that comes while it runs may have come too late for it.
            self._awake.clear()
            self.round()
            self._awake.wait(self._every)
            self._end.wait(self._gather)
