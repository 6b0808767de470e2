"""The right to change one call: held by one thread of one process, freed when either dies. Writes nothing to disk.

Why byte-range locks on open file descriptions: the kernel frees them when their process is killed, they work between
any two processes on a machine, and unlike `lockf` they do not vanish when some other part of the process closes the
same file. A lock inside the process comes first, because threads share the description.
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

from ivr.errors import StoreError

STRIPES = 1024
LEASE_SECONDS = 15.0
SETUP = 1 << 40
"""A place in the lease file beyond every call's: whoever holds it may create the store's tables."""


class Leases:
    """Leases within this process. Two calls that share a stripe wait for each other, so hold one lease at a time."""

    def __init__(self, *, seconds: float = LEASE_SECONDS) -> None:
        self.seconds = seconds
        self._locks = tuple(threading.Lock() for _ in range(STRIPES))

    def of(self, call_id: str) -> AbstractContextManager[None]:
        """Return the lease of a call, to be used with `with`. Entering raises StoreError when the wait is too long."""
        return _Lease(self, crc32(call_id.encode()))

    def at(self, place: int) -> AbstractContextManager[None]:
        """Return the lease of a place that is no call's."""
        return _Lease(self, place)

    def take(self, place: int) -> None:
        """Take a place, waiting at most `seconds`."""
        if not self._locks[place % STRIPES].acquire(timeout=self.seconds):
            raise StoreError(f"another request has held this call for over {self.seconds:g} s")

    def free(self, place: int) -> None:
        """Give a place back."""
        self._locks[place % STRIPES].release()


class FileLeases(Leases):
    """Leases over all processes that open the same lease file. `forked()` must be called in a forked child."""

    def __init__(self, file: Path, *, seconds: float = LEASE_SECONDS) -> None:
        super().__init__(seconds=seconds)
        self._file = file
        self._descriptor = self._open()

    def take(self, place: int) -> None:
        """Take a place in this process, then among all; the whole wait is at most `seconds`."""
        if self._descriptor < 0:
            raise StoreError(f"{self._file}: the store has been closed")
        until = time.monotonic() + self.seconds
        super().take(place)
        try:
            self._take_file(place, until)
        except BaseException:
            super().free(place)
            raise

    def free(self, place: int) -> None:
        """Give a place back, to the other processes first."""
        try:
            _lock(self._descriptor, fcntl.F_UNLCK, place)
        finally:
            super().free(place)

    def forked(self) -> None:
        """Start afresh in a forked child. Closing what was inherited frees nothing that the parent holds."""
        self._locks = tuple(threading.Lock() for _ in range(STRIPES))
        self.close()
        self._descriptor = self._open()

    def close(self) -> None:
        """Close the lease file; every lease of this process is free then."""
        with suppress(OSError):
            os.close(self._descriptor)
        self._descriptor = -1

    def _open(self) -> int:
        try:
            return os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as fault:
            raise StoreError(f"{self._file} cannot be opened: {fault.strerror}") from None

    def _take_file(self, place: int, until: float) -> None:
        pause = 0.0005
        while not _lock(self._descriptor, fcntl.F_WRLCK, place):
            if time.monotonic() >= until:
                raise StoreError(f"another process has held this call for over {self.seconds:g} s")
            time.sleep(pause)
            pause = min(pause * 2, 0.01)


class _Lease:
    """One `with` block around a place. A class, since a generator would cost as much as the locks."""

    __slots__ = ("_leases", "_place")

    def __init__(self, leases: Leases, place: int) -> None:
        self._leases, self._place = leases, place

    def __enter__(self) -> None:
        self._leases.take(self._place)

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leases.free(self._place)


_FLOCK = struct.Struct("hhqqi4x")


def _lock(descriptor: int, kind: int, place: int) -> bool:
    """Lock or free one byte without waiting; false when another process has it."""
    try:
        if hasattr(fcntl, "F_OFD_SETLK"):
            fcntl.fcntl(descriptor, fcntl.F_OFD_SETLK, _FLOCK.pack(kind, os.SEEK_SET, place, 1, 0))
        elif kind == fcntl.F_UNLCK:
            fcntl.lockf(descriptor, fcntl.LOCK_UN, 1, place)
        else:
            fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, place)
    except (BlockingIOError, PermissionError):
        return False
    except OSError as fault:
        raise StoreError(f"the lease file cannot be locked: {fault.strerror}") from None
    return True
