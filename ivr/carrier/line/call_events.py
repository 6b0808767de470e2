"""The answer, the keys and the end of one call on a line, each reported once, also to a watcher that is added later."""

from __future__ import annotations

import threading

from .line_call import CallEnd, CallWatcher


class CallEvents:
    """Base of the calls of a line. Its methods may be called from any thread."""

    def __init__(self) -> None:
        self._watcher: CallWatcher | None = None
        self._lock = threading.Lock()
        self._is_answered = False
        self._end: CallEnd | None = None

    def watch(self, watcher: CallWatcher) -> None:
        """Send the events to `watcher`, those of the past included."""
        with self._lock:
            self._watcher = watcher
            # Read under the lock and reported outside of it: the watcher may call back into this call.
            answered, end = self._is_answered, self._end
        if answered:
            watcher.answered()
        if end:
            watcher.ended(end)

    def report_answer(self) -> None:
        """Report that the called telephone was picked up; later answers and those after the end change nothing."""
        with self._lock:
            if self._is_answered or self._end:
                return
            self._is_answered, watcher = True, self._watcher
        if watcher:
            watcher.answered()

    def report_key(self, key: str) -> None:
        """Report a key that was pressed and released."""
        if self._watcher:
            self._watcher.pressed(key)

    def report_end(self, how: CallEnd) -> None:
        """Report the end of the call; later ends change nothing."""
        with self._lock:
            if self._end:
                return
            self._end, watcher = how, self._watcher
        self._free(how)
        if watcher:
            watcher.ended(how)

    def _free(self, how: CallEnd) -> None:
        """Give up what the line holds for this call, before the watcher hears of its end."""
