"""Wait until a socket can be read or written; each event goes to one of many waiting threads, once."""

from __future__ import annotations

import select
import sys


class Readiness:
    """The sockets of one process that wait, by their file descriptors. Thread-safe.

    A socket reports one event, to the thread that waits most recently, and must be armed again for the next.
    """

    if sys.platform == "linux":

        def __init__(self) -> None:
            self._kernel = select.epoll()

        def add(self, descriptor: int) -> None:
            """Report when a new socket can be read. Raises OSError."""
            self._kernel.register(descriptor, select.EPOLLIN | select.EPOLLONESHOT)

        def arm(self, descriptor: int, *, write: bool = False) -> None:
            """Report when a socket can be read, or written, or is closed. Raises OSError."""
            self._kernel.modify(descriptor, (select.EPOLLOUT if write else select.EPOLLIN) | select.EPOLLONESHOT)

        def wait(self) -> int:
            """Return the next socket with an event; 0 if a signal interrupted the wait."""
            events = self._kernel.poll(-1, 1)
            return events[0][0] if events else 0

    else:  # macOS and BSD, for development

        def __init__(self) -> None:
            self._kernel = select.kqueue()

        def add(self, descriptor: int) -> None:
            """Report when a new socket can be read. Raises OSError."""
            self.arm(descriptor)

        def arm(self, descriptor: int, *, write: bool = False) -> None:
            """Report when a socket can be read, or written, or is closed. Raises OSError."""
            kind = select.KQ_FILTER_WRITE if write else select.KQ_FILTER_READ
            self._kernel.control([select.kevent(descriptor, kind, select.KQ_EV_ADD | select.KQ_EV_ONESHOT)], 0)

        def wait(self) -> int:
            """Return the next socket with an event; 0 if a signal interrupted the wait."""
            events = self._kernel.control(None, 1)
            return events[0].ident if events else 0
