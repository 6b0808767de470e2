"""The sound of one call in both directions: a queue of prompts, and the listeners of the caller. Thread-safe."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

from ivr.speech.audio import RATE

from .line_call import LineCall

BYTES_PER_SECOND = 2 * RATE
AHEAD_SECONDS = 0.6
"""Sound written ahead of the ear, so that a busy machine does not make gaps; a key drops it."""
FLUSH_SECONDS = 0.03
"""Pause after a flush: the line drops sound for one more frame."""
RELAY_SECONDS = 0.2
"""The longest delay that a conversation may build up; later sound is dropped."""
IDLE_TICKS = 5
"""The sound of callers is read in every fifth tick only while all listeners are patient."""

SoundListener = Callable[[bytes], None]


def _nothing() -> None:
    return


class SoundStream:
    """Plays to one call and hands on what it says; `tick` is called every TICK_SECONDS by the pump."""

    def __init__(self, call: LineCall, played: Callable[[], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._call, self._played, self._clock = call, played, clock
        self._lock = threading.Lock()
        self._queue: deque[tuple[bytes, int, Callable[[], None]]] = deque()
        self._place = 0
        self._until = 0.0
        self._muted_until = 0.0
        self._playing = False
        self._listeners: tuple[SoundListener, ...] = ()
        self._patient: tuple[SoundListener, ...] = ()
        self._ticks = 0

    # --- what is played ---

    def play(self, pcm: bytes, times: int = 1, begins: Callable[[], None] = _nothing) -> None:
        """Append a sound; `begins` is called when it begins, and `played` when the queue has been heard."""
        with self._lock:
            if pcm and times > 0:
                self._queue.append((pcm, times, begins))
            self._playing = True

    def stop(self) -> None:
        """Cut the sound at once; `played` is not called."""
        with self._lock:
            self._queue.clear()
            self._place, self._playing = 0, False
            now = self._clock()
            # Nothing is on its way otherwise, and a flush would cut the beginning of the next sound.
            if self._until > max(now, self._muted_until):
                self._until = self._muted_until = now + FLUSH_SECONDS
                self._call.flush()

    def relay(self, pcm: bytes) -> None:
        """Send the sound of another call, without a queue."""
        with self._lock:
            now = self._clock()
            # Dropped, not queued: two people who hear each other late interrupt each other.
            if self._muted_until <= now and self._until - now < RELAY_SECONDS:
                self._until = max(self._until, now) + self._call.write(pcm) / BYTES_PER_SECOND

    # --- what is heard ---

    def listen(self, listener: SoundListener, *, patient: bool = False) -> None:
        """Hand the caller's sound on to `listener`, in the pump's thread, from now on.

        If all listeners are `patient`, it is read and handed on ten times a second instead of fifty times.
        """
        with self._lock:
            if patient:
                self._patient = (*self._patient, listener)
            else:
                self._listeners = (*self._listeners, listener)

    def ignore(self, listener: SoundListener) -> None:
        """End what `listen` began."""
        with self._lock:
            self._listeners = tuple(other for other in self._listeners if other != listener)

    # --- the pump ---

    def tick(self) -> None:
        """Move sound in both directions."""
        self._ticks += 1
        listeners = self._listeners
        if listeners or self._ticks % IDLE_TICKS == 0:
            pcm = self._call.read()
            if pcm:
                for listener in (*self._patient, *listeners):
                    listener(pcm)
        if self._playing:
            self._send()

    def _send(self) -> None:
        done = False
        with self._lock:
            now = self._clock()
            if self._playing and now >= self._muted_until:
                self._write(now)
                done = self._playing and not self._queue and now >= self._until
                if done:
                    self._playing = False
        # Outside of the lock, because it may lead to the next sound.
        if done:
            self._played()

    def _write(self, now: float) -> None:
        """Write until AHEAD_SECONDS are on their way."""
        self._until = max(self._until, now)
        while self._queue and self._until - now < AHEAD_SECONDS:
            pcm, times, begins = self._queue[0]
            if not self._place:
                begins()
            # No more than fits: a key must be able to drop what was written.
            room = int((AHEAD_SECONDS - (self._until - now)) * RATE) * 2 + 2
            piece = pcm[self._place : self._place + room]
            taken = self._call.write(piece)
            self._until += taken / BYTES_PER_SECOND
            self._place += taken
            if self._place >= len(pcm):
                self._place = 0
                self._queue.popleft()
                if times > 1:
                    self._queue.appendleft((pcm, times - 1, _nothing))
            if taken < len(piece):
                return
