"""Run simultaneous calls in virtual time: one thread at a time, always the one that is due next.

So a run is deterministic. Each call has a thread of its own; none sleeps in real time.
"""

from __future__ import annotations

import heapq
import itertools
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from ivr.carrier.caller import Gone
from ivr.carrier.clock import VirtualClock


@dataclass(eq=False)
class _Part:
    """One call, or another task on the same clock."""

    run: Callable[[], None]
    turn: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    thread: threading.Thread | None = None
    entry: int = -1
    failed: BaseException | None = None


class CallScheduler:
    """Runs calls that share `clock`, which is set to the time of each event. Use it once."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self._due: list[tuple[float, int, _Part]] = []
        self._order = itertools.count()
        self._idle = threading.Semaphore(0)
        self._running: _Part | None = None
        self._closing = False

    def now(self) -> float:
        """Return Unix seconds."""
        return self._clock.now()

    def sleep(self, seconds: float) -> None:
        """Run the other parts until `seconds` have passed. Raises Gone if the scheduler closes meanwhile."""
        part = self._running
        if part is None:
            raise RuntimeError("only what runs on the stage can sleep")
        if self._closing:
            raise Gone
        self._plan(self._clock.now() + max(0.0, seconds), part)
        self._idle.release()
        part.turn.acquire()
        # Again after the sleep: the scheduler may have closed meanwhile, and each thread must end.
        if self._closing:
            raise Gone

    def part(self) -> Callable[[], None]:
        """Return a function that wakes the current part, if it sleeps when the function is called."""
        part = self._running

        def wake() -> None:
            if part is not None and part is not self._running and part.entry >= 0:
                self._plan(self._clock.now(), part)

        return wake

    def at(self, moment: float, run: Callable[[], None]) -> None:
        """Run an action at a Unix time."""
        self._plan(moment, _Part(run))

    def every(self, seconds: float, run: Callable[[], None], *, since: float) -> None:
        """Run an action repeatedly, from a Unix time on."""

        def again() -> None:
            while True:
                run()
                self.sleep(seconds)

        self.at(since, again)

    def play(self, main: Callable[[], None], *, at: float) -> None:
        """Run all parts until `main`, which begins at `at`, has ended; the remaining callers then hang up."""
        first = _Part(main)
        self._plan(at, first)
        started: list[_Part] = []
        self._clock.set(self._due[0][0])
        while first.thread is None or first.thread.is_alive():
            moment, entry, part = heapq.heappop(self._due)
            # A part that was woken early is in the heap twice; only its newest entry counts.
            if entry != part.entry:
                continue  # woken earlier
            if part.thread is None:
                started.append(part)
            # Never back: a caller who slept on may have gone beyond the time of this entry.
            self._clock.set(max(moment, self._clock.now()))
            self._resume(part)
        self._close(started)

    def _plan(self, moment: float, part: _Part) -> None:
        part.entry = next(self._order)
        heapq.heappush(self._due, (moment, part.entry, part))

    def _resume(self, part: _Part) -> None:
        """Resume one part until it sleeps or ends."""
        self._running, part.entry = part, -1
        if part.thread is None:
            part.thread = threading.Thread(target=self._begin, args=(part,), name="ivr-caller", daemon=True)
            part.thread.start()
        else:
            part.turn.release()
        self._idle.acquire()
        if part.entry < 0:
            part.thread.join()
        self._running = None

    def _begin(self, part: _Part) -> None:
        try:
            part.run()
        except Gone:
            pass
        # Kept for `play`, which raises it in the thread of the test; here it would only be printed.
        except BaseException as fault:
            part.failed = fault
        finally:
            part.entry = -1
            self._idle.release()

    def _close(self, started: list[_Part]) -> None:
        self._closing = True
        for part in started:
            if part.thread is not None and part.thread.is_alive():
                self._resume(part)
        failed = [part.failed for part in started if part.failed is not None]
        if failed:
            raise failed[0]
