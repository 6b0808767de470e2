"""The parts of a server that stay when it starts again in place: process, listening sockets, and earlier workers."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import NoReturn, Self

VARIABLE = "IVR_SERVE_SUCCESSION"
ENDING = (signal.SIGTERM, signal.SIGINT)
"""The signals that end a server in order."""


@contextmanager
def ending_in_order() -> Iterator[None]:
    """Let a signal of ENDING end the program with 0 while it starts; the supervisor handles signals later by itself."""
    before = {number: signal.getsignal(number) for number in ENDING}
    for number in ENDING:
        signal.signal(number, _end)
    try:
        yield
    finally:
        for number, handler in before.items():
            if signal.getsignal(number) is _end:
                signal.signal(number, handler)


def _end(_number: int, _frame: object) -> NoReturn:
    sys.exit(0)


def is_to_end() -> bool:
    """Return whether a signal that ends the server waits for the program to handle it."""
    return not signal.sigpending().isdisjoint(ENDING)


@dataclass(frozen=True)
class Succession:
    """Descriptors of listeners and of the pipe by which workers see the parent's end, and the workers' process ids."""

    listeners: Sequence[int]
    life: Sequence[int]
    workers: Sequence[int]
    figures: str = ""

    @classmethod
    def take(cls, environment: Mapping[str, str]) -> Self | None:
        """Return what the program that ran in this process before has handed over, or None."""
        text = environment.get(VARIABLE)
        return cls(**json.loads(text)) if text else None

    def restart(self) -> NoReturn:
        """Replace the program of this process by the one that is installed now. Raises OSError.

        Until that program handles signals, SIGHUP is ignored, which would end the process, and ENDING wait.
        """
        for descriptor in (*self.listeners, *self.life):
            os.set_inheritable(descriptor, True)
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)
        sys.stdout.flush()
        sys.stderr.flush()
        environment = {**os.environ, VARIABLE: json.dumps(asdict(self))}
        os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], environment)  # noqa: S606 - our own command line
