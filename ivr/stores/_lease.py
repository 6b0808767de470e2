"""Leases: the exclusive right of one thread of one process to change a call.

Why byte-range locks on open file descriptions: the kernel releases them when their process is killed, they work
between any two processes of a machine, and unlike `lockf` they survive when another part of the process closes the same
file. `lockf` is used only where the system has none. A lock inside the process is taken first, because threads share
the description.
"""

from __future__ import annotations

import fcntl
import os
import struct
import threading
import time
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from types import TracebackType
from zlib import crc32

from ivr.errors import StoreBusy, StoreError

from ._deadline import ThreadDeadline

STRIPES = 1024
LEASE_SECONDS = 15.0
SETUP = 1 << 40
"""A byte of the lease file beyond those of calls: the process that holds it may create the store's tables."""


class Leases:
    """Leases within this process. Two calls can share a stripe, so a thread must hold one lease at a time."""

    def __init__(self, deadline: ThreadDeadline) -> None:
        self.deadline = deadline
        self._locks = tuple(threading.Lock() for _ in range(STRIPES))

    def of(self, call_id: str, *, within: float = LEASE_SECONDS) -> AbstractContextManager[None]:
        """Return the lease of a call, a context manager. Inside it the thread's deadline is `within` seconds away.

        Entering raises StoreError when another thread or process still holds the call by then.
        """
        return _Lease(self, crc32(call_id.encode()), within)

    def at(self, place: int) -> AbstractContextManager[None]:
        """Return the lease of a place that belongs to no call, such as SETUP."""
        return _Lease(self, place, LEASE_SECONDS)

    def take(self, place: int, now: float, until: float) -> None:
        """Lock a place; wait from `now` to `until`, seconds of `time.monotonic()`. Raises StoreError after that."""
        # A lock for each call would have to be created and removed under a lock of its own. Two of 1,024 rarely meet.
        lock = self._locks[place % STRIPES]
        if not lock.acquire(blocking=False) and not lock.acquire(timeout=max(0.0, until - now)):
            raise StoreBusy(f"another request has held this call for over {until - now:g} s")

    def free(self, place: int) -> None:
        """Unlock a place."""
        self._locks[place % STRIPES].release()


class FileLeases(Leases):
    """Leases across all processes that open the same lease file. A forked child must call `forked()`."""

    def __init__(self, file: Path, deadline: ThreadDeadline) -> None:
        super().__init__(deadline)
        self._file = file
        self._descriptor = self._open()

    def take(self, place: int, now: float, until: float) -> None:
        """Lock a place in this process, then in the lease file. Raises StoreError after `until`."""
        if self._descriptor < 0:
            raise StoreError(f"{self._file}: the store has been closed")
        # The file lock belongs to the open file description, which all threads share: it does not keep threads apart.
        super().take(place, now, until)
        try:
            self._take_file(place, now, until)
        except BaseException:
            super().free(place)
            raise

    def free(self, place: int) -> None:
        """Unlock a place in the lease file, then in this process."""
        try:
            _lock(self._descriptor, fcntl.F_UNLCK, place)
        finally:
            super().free(place)

    def forked(self) -> None:
        """Open the lease file anew in a forked child. The parent keeps the leases that it holds."""
        # New locks, because a thread of the parent that held one does not exist in the child and would never free it.
        self._locks = tuple(threading.Lock() for _ in range(STRIPES))
        self.close()
        self._descriptor = self._open()

    def close(self) -> None:
        """Close the lease file, which releases every lease of this process."""
        with suppress(OSError):
            os.close(self._descriptor)
        self._descriptor = -1

    def _open(self) -> int:
        try:
            return os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as fault:
            raise StoreError(f"{self._file} cannot be opened: {fault.strerror}") from None

    def _take_file(self, place: int, now: float, until: float) -> None:
        # Polled, since F_OFD_SETLKW takes no time limit; processes seldom meet at one call, so the pauses stay short.
        pause = 0.0005
        while not _lock(self._descriptor, fcntl.F_WRLCK, place):
            if time.monotonic() >= until:
                raise StoreBusy(f"another process has held this call for over {until - now:g} s")
            time.sleep(pause)
            pause = min(pause * 2, 0.01)


class _Lease:
    """A context manager that locks one place. A class, because a generator would cost as much as the locks."""

    __slots__ = ("_leases", "_outer", "_place", "_within")

    def __init__(self, leases: Leases, place: int, within: float) -> None:
        self._leases, self._place, self._within = leases, place, within

    def __enter__(self) -> None:
        deadline, now = self._leases.deadline, time.monotonic()
        outer = deadline.until
        until = min(outer, now + self._within)
        self._leases.take(self._place, now, until)
        self._outer, deadline.until = outer, until

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leases.deadline.until = self._outer
        self._leases.free(self._place)


_FLOCK = struct.Struct("hhqqi4x")
"""`struct flock` of 64-bit Linux: type, whence, start, length, pid. A lock of a description wants pid 0."""


def _lock(descriptor: int, kind: int, place: int) -> bool:
    """Lock or release one byte without waiting; return False if another process holds it."""
    try:
        if hasattr(fcntl, "F_OFD_SETLK"):
            fcntl.fcntl(descriptor, fcntl.F_OFD_SETLK, _FLOCK.pack(kind, os.SEEK_SET, place, 1, 0))
        elif kind == fcntl.F_UNLCK:
            fcntl.lockf(descriptor, fcntl.LOCK_UN, 1, place)
        else:
            fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, place)
    # POSIX lets a system report a lock that another process holds as EAGAIN or as EACCES.
    except (BlockingIOError, PermissionError):
        return False
    except OSError as fault:
        raise StoreError(f"the lease file cannot be locked: {fault.strerror}") from None
    return True
