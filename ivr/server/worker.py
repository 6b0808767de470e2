"""One worker process: builds the application, serves it, and leaves in order."""

from __future__ import annotations

import os
import select
import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from socket import socket
from typing import NoReturn

from ivr.errors import IvrError
from ivr.telemetry import log
from ivr.telemetry.tracing import stop_tracing

from .door import Door, GuardedApplication

LONGEST_GOODBYE = 15.0
"""Seconds that turns may still take when a worker leaves: as long as the carrier waits for an answer."""
IDLE_GRACE = 2.0
"""Seconds in which an idle connection of a leaving worker may still bring a request."""
READY = b"R"
TOLD_BY = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
"""The signals by which a server is told what to do."""


def work(make: Callable[[], GuardedApplication], listeners: Sequence[socket], ready: int, life: int) -> NoReturn:
    """Serve until SIGTERM, or until the parent's end closes the pipe `life`; `ready` gets a byte when calls are taken.

    It ends the process, and no exception leaves it.
    """
    status = 1
    try:
        sigterm = _on_sigterm()
        door = Door(make(), listeners)
        door.start()
        os.write(ready, READY)
        # The parent reads the end of the pipe, too, when the worker ends before it has written.
        os.close(ready)
        _wait(sigterm, life)
        door.leave(LONGEST_GOODBYE, IDLE_GRACE)
        stop_tracing()
        status = 0
    except IvrError as fault:
        print(f"ivr serve: a worker cannot start: {fault}", file=sys.stderr)
    except BaseException as fault:
        log.fault("worker", fault)
    finally:
        with suppress(OSError, ValueError):
            sys.stderr.flush()
        os._exit(status)


def _on_sigterm() -> int:
    """Return a descriptor that can be read after SIGTERM. SIGINT goes to the parent, which sends SIGTERM."""
    read, write = os.pipe()
    os.set_blocking(write, False)
    signal.set_wakeup_fd(write)
    signal.signal(signal.SIGTERM, _only_wake)
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, TOLD_BY)
    return read


def _only_wake(_number: int, _frame: object) -> None:
    """Do nothing: the wake-up descriptor has the signal."""


def _wait(sigterm: int, life: int) -> None:
    while not select.select([sigterm, life], [], [])[0]:
        pass
