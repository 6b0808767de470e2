"""The parent of the workers: it keeps their number, however they end, and replaces them one generation by the next.

The parent opens the listening sockets, so connections queue in the kernel while workers start. It forks workers from
its own memory: a new worker has the code and the release of flows that the server was started with, at once.
"""

from __future__ import annotations

import gc
import os
import select
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from socket import socket
from typing import NoReturn

from ivr.telemetry import log

from .door import GuardedApplication
from .listening import notify
from .succession import ENDING, Succession
from .worker import IDLE_GRACE, LONGEST_GOODBYE, READY, TOLD_BY, work

LONGEST_CHECK = 120.0
"""Seconds for the check of what is on the disk, before the server is started again in place."""
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.1, 5.0
"""The pauses before a worker is started again that ended before it took calls: doubled each time."""


@dataclass
class _Worker:
    pid: int
    ready: int
    takes_calls: bool = False


@dataclass
class _Check:
    """The process that checks whether the server may start again, and the time by which it must have ended."""

    pid: int
    until: float


@dataclass(frozen=True)
class Generation:
    """The parts that the workers of one start of the server share.

    `may_restart` returns whether the program, the settings and the published flows can be used; it reports why if not.
    It runs in a process of its own, so that workers are replaced meanwhile.
    """

    number: int
    make: Callable[[], GuardedApplication]
    listeners: Sequence[socket]
    may_restart: Callable[[], bool]
    figures: str = ""


class Supervisor:
    """Runs the workers until SIGTERM or SIGINT; SIGHUP starts the server again in place, without a gap.

    `before` is what an earlier program of this process has handed over: its workers leave when the new ones take calls.
    """

    def __init__(self, generation: Generation, before: Succession | None = None) -> None:
        self._generation = generation
        self._life: tuple[int, int] = (before.life[0], before.life[1]) if before else os.pipe()
        self._workers: list[_Worker] = []
        self._old = list(before.workers) if before else []
        self._has_started = bool(self._old)
        self._failures = 0
        self._next_start = 0.0
        self._announced = False
        self._signals: set[int] = set()
        self._check: _Check | None = None
        self._wake = -1

    def run(self) -> None:
        """Run until SIGTERM or SIGINT, then let the workers leave. Raises OSError if no first process can be made."""
        self._wake = self._listen_to_signals()
        gc.collect()
        gc.freeze()  # the workers share these objects' pages as long as the collector does not touch them
        while not self._signals & {signal.SIGTERM, signal.SIGINT}:
            self._reap()
            self._fill_up()
            self._announce()
            self._restart_if_asked()
            self._sleep()
        self._stop()

    def _listen_to_signals(self) -> int:
        read, write = os.pipe()
        os.set_blocking(read, False)
        os.set_blocking(write, False)
        # Python runs handlers between bytecodes only; `select` would sleep on without a byte that wakes it.
        signal.set_wakeup_fd(write, warn_on_full_buffer=False)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, lambda number, _frame: self._signals.add(number))
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)  # which have waited during a restart in place
        return read

    def _fill_up(self) -> None:
        now = time.monotonic()
        while len(self._workers) < self._generation.number and now >= self._next_start:
            try:
                self._workers.append(self._start())
                self._has_started = True
            except OSError as fault:
                # A machine that is short of processes for a moment must not end a server that takes calls.
                if not self._has_started:
                    raise
                log.fault("worker", fault)
                self._failures += 1
            if self._failures:
                self._next_start = now + self._pause()

    def _pause(self) -> float:
        return min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2.0 ** min(self._failures - 1, 10))

    def _start(self) -> _Worker:
        read, write = os.pipe()
        signal.pthread_sigmask(signal.SIG_BLOCK, TOLD_BY)  # none may arrive before the child has handlers of its own
        try:
            pid = os.fork()
        except OSError:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, TOLD_BY)
            os.close(read)
            os.close(write)
            raise
        if not pid:
            # The child must not hold the writing end of `life`, or it would never see that the parent has ended.
            for descriptor in (read, self._life[1], *(worker.ready for worker in self._workers)):
                with suppress(OSError):
                    os.close(descriptor)
            # Never returns: the child must not come back into the parent's loop.
            work(self._generation.make, self._generation.listeners, write, self._life[0])
        signal.pthread_sigmask(signal.SIG_UNBLOCK, TOLD_BY)
        os.close(write)
        os.set_blocking(read, False)
        return _Worker(pid, read)

    def _reap(self) -> None:
        """Take note of workers that take calls or have ended."""
        for worker in list(self._workers):
            if not worker.takes_calls and _readable(worker.ready) == READY:
                # One worker that starts shows that the program and the store are usable, so the pauses begin anew.
                worker.takes_calls, self._failures = True, 0
            status = _ended(worker.pid)
            if status is None:
                continue
            log.line("worker_ended", pid=worker.pid, status=status)
            self._workers.remove(worker)
            os.close(worker.ready)
            if not worker.takes_calls:
                self._failures += 1
                self._next_start = time.monotonic() + self._pause()
        self._old = [pid for pid in self._old if _ended(pid) is None]

    def _announce(self) -> None:
        """When all workers take calls, report it and let the earlier ones leave."""
        if self._announced or not self._all_take_calls():
            return
        self._announced = True
        notify(os.environ, "READY=1")
        # Only now: as long as the new workers start, the old ones take the calls that arrive.
        for pid in self._old:
            _kill(pid, signal.SIGTERM)

    def _all_take_calls(self) -> bool:
        workers = self._workers
        return len(workers) == self._generation.number and all(worker.takes_calls for worker in workers)

    def _restart_if_asked(self) -> None:
        """After SIGHUP check what the server would start with, and start again in place if that can be used."""
        if self._check is not None:
            self._end_check(self._check)
        # Not in the middle of a start: earlier workers would be told to leave before these take calls.
        elif signal.SIGHUP in self._signals and (self._announced or self._failures):
            self._signals.discard(signal.SIGHUP)
            self._check = self._start_check()

    def _start_check(self) -> _Check | None:
        try:
            pid = os.fork()
        except OSError as fault:
            log.fault("restart", fault)
            return None
        if not pid:
            self._run_check()
        return _Check(pid, time.monotonic() + LONGEST_CHECK)

    def _run_check(self) -> NoReturn:
        """Check in a child, which ends with 0 if the server may start again."""
        status = 1
        try:
            os.close(self._life[1])  # else the workers would not notice the parent's end
            signal.set_wakeup_fd(-1)
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD):
                signal.signal(number, signal.SIG_DFL)
            status = 0 if self._generation.may_restart() else 1
        except BaseException as fault:
            log.fault("restart", fault)
        finally:
            # Not `sys.exit`, which would run the parent's exit handlers in the child.
            os._exit(status)

    def _end_check(self, check: _Check) -> None:
        status = _ended(check.pid)
        if status is None:
            if time.monotonic() > check.until:
                _kill(check.pid, signal.SIGKILL)
            return
        self._check = None
        if status != 0:
            log.line("restart", refused="what it would start with cannot be used; the server goes on as it is")
            return
        self._restart()

    def _restart(self) -> None:
        """Start again in place. The server goes on as it is if the program cannot be started."""
        log.line("restart")
        workers = [*self._old, *(worker.pid for worker in self._workers)]
        listeners = [listener.fileno() for listener in self._generation.listeners]
        try:
            Succession(listeners, self._life, workers, self._generation.figures).restart()
        except OSError as fault:
            log.fault("restart", fault)
            self._wake = self._listen_to_signals()

    def _sleep(self) -> None:
        """Wait for a signal, for a worker that gets ready, or until the next start or the end of a check is due."""
        starting = [worker.ready for worker in self._workers if not worker.takes_calls]
        short = len(self._workers) < self._generation.number
        due = [self._next_start] if short else []
        due += [self._check.until + 0.1] if self._check else []
        seconds = max(0.0, min(due) - time.monotonic()) if due else None
        select.select([self._wake, *starting], [], [], seconds)
        with suppress(BlockingIOError):
            os.read(self._wake, 4096)

    def _stop(self) -> None:
        """Let all workers leave; kill those that take longer than their turns may take."""
        notify(os.environ, "STOPPING=1")
        if self._check is not None:
            _kill(self._check.pid, signal.SIGKILL)
        left = [*self._old, *(worker.pid for worker in self._workers)]
        for pid in left:
            _kill(pid, signal.SIGTERM)
        until = time.monotonic() + LONGEST_GOODBYE + IDLE_GRACE
        while left and time.monotonic() < until:
            time.sleep(0.02)
            left = [pid for pid in left if _ended(pid) is None]
        for pid in left:
            _kill(pid, signal.SIGKILL)


def _readable(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 1)
    except BlockingIOError:
        return b""


def _ended(pid: int) -> int | None:
    """Return the exit status of a child that has ended (negative: the signal), or None while it runs."""
    try:
        reaped, status = os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return 0
    return os.waitstatus_to_exitcode(status) if reaped else None


def _kill(pid: int, number: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)
