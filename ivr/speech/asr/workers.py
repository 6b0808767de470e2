"""A bounded number of threads for work that must end in time. Who comes when all are busy waits, up to the deadline.

Work that outlasts its deadline is left behind; it keeps its place until it ends, so a slow machine cannot pile it up.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

_T = TypeVar("_T")


class LateError(Exception):
    """There was no free thread in time, or the work did not end in time."""


def begun(work: Callable[[], _T], name: str) -> Future[_T]:
    """Begin work in a thread of its own that never delays the exit; whoever asks the future is told its faults."""
    future: Future[_T] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as fault:
            future.set_exception(fault)

    threading.Thread(target=run, name=name, daemon=True).start()
    return future


class Workers:
    """At most `most` pieces of work at once, each in a thread of its own that never delays the exit."""

    def __init__(self, most: int, name: str) -> None:
        self._free = threading.BoundedSemaphore(most)
        self._name = name

    def run(self, work: Callable[[], _T], seconds: float) -> _T:
        """Return what the work returns, or raise what it raises. Raises LateError when that takes over `seconds`."""
        until = time.monotonic() + seconds
        if seconds <= 0 or not self._free.acquire(timeout=seconds):
            raise LateError
        future = begun(lambda: self._freeing(work), self._name)
        try:
            return future.result(max(0.0, until - time.monotonic()))
        except TimeoutError:
            if future.done():  # the work itself raised it
                raise
            raise LateError from None

    def start(self, work: Callable[[], object]) -> bool:
        """Begin work that nobody waits for; its faults are lost. Returns False when all threads are busy."""
        if not self._free.acquire(blocking=False):
            return False
        begun(lambda: self._freeing(work), self._name)
        return True

    def _freeing(self, work: Callable[[], _T]) -> _T:
        try:
            return work()
        finally:
            self._free.release()
