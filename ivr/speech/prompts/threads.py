"""Threads for rendering that can be left behind: a voice that hangs must never hold up a call, or the program's end."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

_T = TypeVar("_T")

WORKERS, WAITING = 2, 16
STUCK_SECONDS = 20.0
MOST_LOST = 8
"""Threads that may hang for good before no new ones are started in their place."""


class RenderThreads:
    """A few threads and a short queue. What finds the queue full is refused at once."""

    def __init__(self, workers: int = WORKERS, waiting: int = WAITING, stuck: float = STUCK_SECONDS) -> None:
        self._tasks: queue.Queue[tuple[Future[Any], Callable[[], Any]] | None] = queue.Queue(waiting)
        self._workers, self._stuck = workers, stuck
        self._lock = threading.Lock()
        self._busy: dict[int, float] = {}
        self._lost: set[int] = set()
        self._started = 0

    def submit(self, work: Callable[[], _T]) -> Future[_T] | None:
        """Have something done; None when there is too much to do already."""
        self._staff()
        future: Future[_T] = Future()
        try:
            self._tasks.put_nowait((future, work))
        except queue.Full:
            return None
        return future

    def close(self) -> None:
        """Let idle threads end; those that hang end with the program."""
        with self._lock:
            for _ in range(self._started - len(self._lost)):
                try:
                    self._tasks.put_nowait(None)
                except queue.Full:
                    return

    def _staff(self) -> None:
        """Start threads until there are enough that do not hang."""
        with self._lock:
            now = time.monotonic()
            self._lost |= {number for number, since in self._busy.items() if now - since > self._stuck}
            while self._started - min(len(self._lost), MOST_LOST) < self._workers:
                number = self._started
                self._started += 1
                threading.Thread(target=self._work, args=(number,), name=f"ivr-voice-{number}", daemon=True).start()

    def _work(self, number: int) -> None:
        while number not in self._lost and (task := self._tasks.get()) is not None:
            future, work = task
            if not future.set_running_or_notify_cancel():
                continue
            self._busy[number] = time.monotonic()
            try:
                future.set_result(work())
            except BaseException as fault:
                future.set_exception(fault)
            finally:
                self._busy.pop(number, None)
