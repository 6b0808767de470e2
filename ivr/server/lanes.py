"""Lanes: how many requests of a kind are answered at once, and a queue of those that wait for a place."""

from __future__ import annotations

import threading
from collections import deque
from typing import Generic, TypeVar

_Job = TypeVar("_Job")


class Lane(Generic[_Job]):
    """At most `places` jobs at once; others wait in order of arrival. Thread-safe.

    A thread that has a place does its job, then those that `next_job` returns, until there is none.
    """

    def __init__(self, places: int) -> None:
        self._lock = threading.Lock()
        self._free = places
        self._waiting: deque[tuple[float, _Job]] = deque()

    def enter(self, job: _Job, now: float) -> bool:
        """Take a place for a job; if there is none, queue the job and return False."""
        with self._lock:
            if self._free:
                self._free -= 1
                return True
            self._waiting.append((now, job))
            return False

    def next_job(self) -> _Job | None:
        """Return the next job for the place of a finished one; without a next one, free the place."""
        with self._lock:
            if self._waiting:
                return self._waiting.popleft()[1]
            self._free += 1
            return None

    def overdue(self, since: float) -> list[_Job]:
        """Remove and return the jobs that have waited since before `since`."""
        late = []
        with self._lock:
            while self._waiting and self._waiting[0][0] < since:
                late.append(self._waiting.popleft()[1])
        return late
