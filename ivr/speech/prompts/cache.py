"""Cache sounds rendered for one caller, such as a balance, for a while in a private folder of bounded size.

Names are keyed digests, so that a sentence cannot be looked up by guessing. Must not write anything else.
"""

from __future__ import annotations

import shutil
import tempfile
import threading
import time
import weakref
from collections.abc import Callable
from contextlib import suppress
from functools import cached_property
from pathlib import Path

from .index import write_whole

_MOST_BYTES = 64 * 1024 * 1024
"""Maximum bytes: about two hours and twenty minutes of speech."""
_KEPT_SECONDS = 3600.0
"""Seconds until a sound expires after it was last played."""
_SWEEP_BYTES = _MOST_BYTES // 32


class SoundCache:
    """A bounded LRU cache of files. Several processes may share the folder.

    Without a folder it creates a temporary one, which is deleted with the process.
    """

    def __init__(
        self,
        folder: Path | None,
        most: int = _MOST_BYTES,
        seconds: float = _KEPT_SECONDS,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._folder_set = folder
        self._most, self._seconds, self._clock = most, seconds, clock
        self._lock = threading.Lock()
        self._written = 0
        self._swept = float("-inf")
        self.hits = self.misses = 0

    @cached_property
    def folder(self) -> Path:
        """The folder of the files."""
        if self._folder_set is not None:
            return self._folder_set
        made = Path(tempfile.mkdtemp(prefix="ivr-spoken-"))
        weakref.finalize(self, shutil.rmtree, made, ignore_errors=True)
        return made

    def get(self, name: str) -> bytes | None:
        """Return a sound, or None."""
        path = self._path(name)
        try:
            if self._clock() - path.stat().st_mtime < self._seconds:
                data = path.read_bytes()
                # The time of the file is that of its last use, which the sweep goes by, also for other processes.
                path.touch()
                self.hits += 1
                return data
        except OSError:
            pass
        self.misses += 1
        return None

    def put(self, name: str, data: bytes) -> bool:
        """Store a sound; return False if that failed, since a call must go on with a full disk."""
        try:
            if not self.folder.is_dir():
                self.folder.mkdir(parents=True, mode=0o700)
            write_whole(self._path(name), data, 0o600)
        except OSError:
            return False
        with self._lock:
            self._written += len(data)
            # By what this process wrote: looking at the folder at each sentence would cost more than the sentence.
            due = self._written > min(_SWEEP_BYTES, self._most // 4) or self._clock() - self._swept > self._seconds / 4
            if due:
                self._written, self._swept = 0, self._clock()
        if due:
            self.sweep()
        return True

    def sweep(self) -> None:
        """Delete expired sounds, and the least recently used ones above the maximum."""
        files: list[tuple[float, int, Path]] = []
        for path in self.folder.glob("*.wav"):
            # Another process may have deleted it between the listing and the look.
            with suppress(OSError):
                stat = path.stat()
                files.append((stat.st_mtime, stat.st_size, path))
        files.sort(reverse=True)
        size, oldest = 0, self._clock() - self._seconds
        for heard, bytes_, path in files:
            size += bytes_
            if size > self._most or heard < oldest:
                path.unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.wav"
