"""Virtual time in which many tasks run by turns, one at a time: the next is always the one that is due first.

Tasks are greenlets, so that the product's own code runs in them unchanged and a switch costs a microsecond. Nothing
here depends on the machine's clock or on threads: the same tasks with the same random numbers run in the same order.
"""

from __future__ import annotations

import heapq
import itertools
import math
from collections.abc import Callable
from typing import Any

import greenlet

from ivr.carrier.caller import Gone


# A BaseException, since the product catches Exception in many places and a dead process runs none of its handlers.
class WorkerDied(BaseException):
    """Unwinds a task of a worker that has been killed; no handler of the product catches it."""


class Task(greenlet.greenlet):
    """One course of events: a call, a request in a worker, a background job.

    `owner` is the worker, and `life` the life of it, in which the task runs; `request` is what it works at.
    """

    def __init__(self, stage: Stage, action: Callable[[], None], name: str) -> None:
        # All tasks are children of the main greenlet: a task that ends returns to the loop in `run`, and never to
        # another task.
        super().__init__(stage.run_task, stage.main)
        self.action, self.name = action, name
        self.owner: Any = None
        self.life = 0
        self.request: Any = None
        self.until = math.inf
        self.reading = False
        self.entry = -1
        self.woken = False


class Stage:
    """The clock and the tasks. `now` is the carrier's time in Unix seconds; servers may have another (`shift`)."""

    def __init__(self, start: float) -> None:
        self.main = greenlet.getcurrent()
        self.shift = 0.0
        self.failed: list[tuple[str, BaseException]] = []
        self._now, self._start = start, start
        self._due: list[tuple[float, int, Task]] = []
        self._order = itertools.count()
        self._tasks: dict[Task, None] = {}

    def now(self) -> float:
        """Return the true time in Unix seconds."""
        return self._now

    def server_clock(self) -> float:
        """Return the time that the servers' wall clocks show."""
        return self._now + self.shift

    def timer(self) -> float:
        """Return the seconds since the start, which no jump of the wall clock changes."""
        return self._now - self._start

    @staticmethod
    def task() -> Task:
        """Return the task that runs now."""
        current = greenlet.getcurrent()
        if not isinstance(current, Task):
            # The main greenlet runs the loop itself; if it waited, time would stand still for ever.
            raise RuntimeError("only a task can wait")
        return current

    def spawn(self, action: Callable[[], None], name: str, *, after: float = 0.0) -> Task:
        """Start a task `after` so many seconds."""
        task = Task(self, action, name)
        self._plan(self._now + after, task)
        return task

    def at(self, moment: float, run: Callable[[], None]) -> None:
        """Start a task at a Unix time."""
        self._plan(max(moment, self._now), Task(self, run, "planned"))

    def sleep(self, seconds: float) -> None:
        """Let the other tasks run until `seconds` have passed, or until the task is woken."""
        self.pause(seconds)

    def pause(self, seconds: float = math.inf) -> bool:
        """Wait for so many seconds at most; return whether the task was woken before."""
        task = self.task()
        task.woken = False
        # A task without an end to its wait is not in the heap, but has a number, by which `wake` knows that it waits.
        if seconds == math.inf:
            task.entry = next(self._order)
        else:
            self._plan(self._now + max(0.0, seconds), task)
        self.main.switch()
        return task.woken

    def wake(self, task: Task) -> None:
        """Let a task that waits go on now."""
        # A task that runs has the number -1: waking it would plan a second turn, and its next pause would end at
        # once.
        if task.entry >= 0 and not task.dead:
            task.woken = True
            self._plan(self._now, task)

    def part(self) -> Callable[[], None]:
        """Return a function that wakes the current task, if it waits when the function is called."""
        task = self.task()
        return lambda: self.wake(task)

    def run(self, *, until: float = math.inf) -> None:
        """Run all tasks that are due before a Unix time; time ends there."""
        while self._due and self._due[0][0] <= until:
            moment, entry, task = heapq.heappop(self._due)
            # An entry of the heap cannot be taken out cheaply when its task is woken; the number tells a stale one.
            if entry != task.entry:
                continue  # it was woken earlier
            # `wake` and late entries may be due in the past; time must not go back for them.
            self._now = max(moment, self._now)
            task.entry = -1
            task.switch()
        if until != math.inf:
            self._now = max(self._now, until)

    def run_task(self) -> None:
        """Run the action of the current task; what it raises is kept for the checker."""
        task = self.task()
        self._tasks[task] = None
        try:
            task.action()
        # These end a task in order: the caller has hung up, the process was killed, or the world is over.
        except (Gone, WorkerDied, greenlet.GreenletExit):
            pass
        except BaseException as fault:
            self.failed.append((task.name, fault))
        finally:
            del self._tasks[task]

    def close(self) -> None:
        """Unwind all tasks that wait: what a suspended greenlet holds is never collected."""
        self._due.clear()
        while self._tasks:
            task = next(iter(self._tasks))
            # The parent may be another greenlet than the one that closes; the thrown exit returns to the parent.
            task.parent = greenlet.getcurrent()
            task.throw(greenlet.GreenletExit)

    def _plan(self, moment: float, task: Task) -> None:
        task.entry = next(self._order)
        heapq.heappush(self._due, (moment, task.entry, task))


class StageLock:
    """A lock between tasks, for an object of the product that holds a `threading.Lock` while it asks the store."""

    def __init__(self, stage: Stage) -> None:
        self._stage, self._held = stage, False
        self._waiting: list[Task] = []

    def __enter__(self) -> None:
        # A loop: another task may have taken the lock between the wake-up and the turn of the task that was woken.
        while self._held:
            self._waiting.append(self._stage.task())
            self._stage.pause()
        self._held = True

    def __exit__(self, *_: object) -> None:
        self._held = False
        if self._waiting:
            self._stage.wake(self._waiting.pop(0))
