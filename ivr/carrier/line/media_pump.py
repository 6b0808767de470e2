"""One thread that moves the sound of all calls, 50 times a second."""

from __future__ import annotations

import threading
import time
from types import TracebackType
from typing import Self

from ivr.telemetry import log

from .sound_stream import SoundStream

TICK_SECONDS = 0.02
"""The length of a telephone frame."""
_LATE_SECONDS = 0.5
"""A machine that was away for so long does not make up for the missed ticks."""


class MediaPump:
    """Ticks every stream; a context manager."""

    def __init__(self) -> None:
        self._streams: tuple[SoundStream, ...] = ()
        self._lock = threading.Lock()
        self._some, self._end = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="line-sound", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end.set()
        self._some.set()
        self._thread.join()

    def add(self, stream: SoundStream) -> None:
        """Begin to tick a stream."""
        with self._lock:
            # A new tuple, so that the thread can go through the old one without the lock.
            self._streams = (*self._streams, stream)
            self._some.set()

    def remove(self, stream: SoundStream) -> None:
        """Stop to tick a stream; without streams the thread sleeps."""
        with self._lock:
            self._streams = tuple(other for other in self._streams if other is not stream)
            if not self._streams and not self._end.is_set():
                self._some.clear()

    def _run(self) -> None:
        due = time.monotonic()
        while not self._end.is_set():
            if not self._some.is_set():
                self._some.wait()
                due = time.monotonic()
            for stream in self._streams:
                self._tick(stream)
            # Counted from the time that was due, not from now: late ticks are made up for, and the sound does not
            # drift.
            due += TICK_SECONDS
            now = time.monotonic()
            if due < now - _LATE_SECONDS:
                due = now
            time.sleep(max(0.0, due - now))

    def _tick(self, stream: SoundStream) -> None:
        try:
            stream.tick()
        except Exception as fault:  # one call must not silence the others
            log.fault("line sound", fault)
            self.remove(stream)
