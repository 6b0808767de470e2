"""A pool of threads that can be abandoned, for work that has no timeout: name look-ups, voices, recognisers.

Threads are daemons, so hanging work does not delay the end of the program. Abandoned work keeps its place in the pool
until it ends, so it cannot pile up.
"""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, wait
from contextlib import suppress
from typing import Any, TypeVar

_T = TypeVar("_T")
_Task = tuple[Future[Any], Callable[[], Any]]


class LateError(Exception):
    """No thread was free in time, or the work did not end in time."""


def in_background(work: Callable[[], _T], name: str) -> Future[_T]:
    """Start work in a new thread; the future raises the work's exception."""
    future: Future[_T] = Future()
    threading.Thread(target=_fulfil, args=(future, work), name=name, daemon=True).start()
    return future


def _fulfil(future: Future[Any], work: Callable[[], Any]) -> None:
    if future.set_running_or_notify_cancel():
        try:
            future.set_result(work())
        # Also SystemExit: a future that is never fulfilled would let its waiter hang until the deadline.
        except BaseException as fault:
            future.set_exception(fault)


class ThreadPool:
    """Runs at most `most` pieces of work at once; up to `queue` more wait for a thread, further ones are refused.

    Work that takes more than `stuck` seconds counts as lost, and an additional thread may run; at most `most_lost` do.
    """

    def __init__(
        self, most: int, name: str, *, queue: float = math.inf, stuck: float = math.inf, most_lost: int = 0
    ) -> None:
        self._most, self._name, self._queue = most, name, queue
        self._stuck, self._most_lost = stuck, most_lost
        self._lock = threading.Lock()
        self._waiting: deque[_Task] = deque()
        self._running: dict[Future[Any], float] = {}

    def submit(self, work: Callable[[], _T]) -> Future[_T] | None:
        """Start work, or queue it. Return None if the queue is full."""
        future: Future[_T] = Future()
        with self._lock:
            self._waiting.append((future, work))
            self._start_threads()
            # Looked at after threads were started, so that `queue=0` refuses only what no thread has taken.
            if len(self._waiting) > self._queue:
                self._waiting.pop()
                return None
        return future

    def run(self, work: Callable[[], _T], seconds: float) -> _T:
        """Return the work's result or raise its exception. Raises LateError after `seconds`."""
        future = self.submit(work) if seconds > 0 else None
        if future is None:
            raise LateError
        try:
            return future.result(seconds)
        except TimeoutError:
            if future.done():  # the work's own TimeoutError
                raise
            # Work that has not begun by now is of no use to anyone; work that has begun cannot be stopped.
            self._withdraw(future, work)
            raise LateError from None

    def close(self) -> None:
        """Wait for running and queued work."""
        with self._lock:
            futures = [*self._running, *(future for future, _ in self._waiting)]
        wait(futures)

    def _withdraw(self, future: Future[Any], work: Callable[[], Any]) -> None:
        with self._lock, suppress(ValueError):
            self._waiting.remove((future, work))

    def _start_threads(self) -> None:
        while self._waiting and self._busy() < self._most:
            task = self._next()
            threading.Thread(target=self._work, args=(task,), name=self._name, daemon=True).start()

    def _busy(self) -> int:
        stuck_since = time.monotonic() - self._stuck
        lost = sum(began < stuck_since for began in self._running.values())
        return len(self._running) - min(lost, self._most_lost)

    def _next(self) -> _Task:
        task = self._waiting.popleft()
        self._running[task[0]] = time.monotonic()
        return task

    def _work(self, task: _Task | None) -> None:
        while task is not None:
            _fulfil(*task)
            with self._lock:
                del self._running[task[0]]
                # A thread whose work was counted as lost ends here when its place was given to another one.
                task = self._next() if self._waiting and self._busy() < self._most else None
