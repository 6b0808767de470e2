"""Notice that the file of a store was deleted, replaced, cut off or overwritten while the server has it open."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from pathlib import Path

from ivr.errors import StoreError

_MAGIC = b"SQLite format 3\0"
_HEADER = 100
_PAGE_SIZE, _PAGE_COUNT = slice(16, 18), slice(28, 32)
"""The places of the file header (section 1.3 of SQLite's file format) that are compared with the file's size."""
REMEMBERED_SECONDS = 60.0
"""The time for which a damaged page that a turn has met makes the store unusable."""
DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_CURE = "stop the server, then restore a backup, or start anew with: ivr serve --without-history"


class OpenFile:
    """The file that this process has opened. Thread-safe."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._identity: tuple[int, int] | None = None
        self._damaged = -REMEMBERED_SECONDS
        self._lock = threading.Lock()

    def opened(self) -> None:
        """Note which file it is. Raises OSError."""
        status = self._file.stat()
        self._identity = status.st_dev, status.st_ino

    def met_damage(self) -> None:
        """Note that SQLite has reported a damaged page."""
        with self._lock:
            self._damaged = time.monotonic()

    def check(self) -> None:
        """Raise StoreError if the file is no longer the one that was opened, or cannot be whole."""
        try:
            with self._file.open("rb") as file:
                status, header = os.fstat(file.fileno()), file.read(_HEADER)
        except FileNotFoundError:
            raise StoreError(f"{self._file}: it has been deleted while in use; {_CURE}") from None
        except OSError as fault:
            raise StoreError(f"{self._file}: {fault.strerror}") from None
        if self._identity not in (None, (status.st_dev, status.st_ino)):
            raise StoreError(f"{self._file}: it has been replaced by another file while in use; restart the server")
        # An empty file is whole: SQLite keeps all pages in the log until the first checkpoint.
        if len(header) and (len(header) < _HEADER or not header.startswith(_MAGIC)):
            raise StoreError(f"{self._file}: it has been overwritten; {_CURE}")
        if status.st_size < _whole_size(header):
            raise StoreError(f"{self._file}: it has been cut off; {_CURE}")
        if time.monotonic() - self._damaged < REMEMBERED_SECONDS:
            raise StoreError(f"{self._file}: it is damaged; {_CURE}")


def _whole_size(header: bytes) -> int:
    """Return the size that the header claims; 0 while all pages are in the log."""
    if not header:
        return 0
    page = int.from_bytes(header[_PAGE_SIZE], "big")
    return int.from_bytes(header[_PAGE_COUNT], "big") * (65_536 if page == 1 else page)
