"""One telephone as the player of its call sees it: sound, keys, and events in one queue. Thread-safe."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from ivr.carrier.caller import DTMF_KEYS
from ivr.speech.asr import Nothing, RecognizedPhrase

from .inband_keys import InbandKeys
from .line_call import CallEnd, LineCall
from .media_pump import MediaPump
from .sound_stream import SoundStream

MOST_KEYS_AHEAD = 64
"""Keys that are kept until a document takes them."""


@dataclass(frozen=True)
class Answered:
    """The telephone was answered."""


@dataclass(frozen=True)
class KeyDown:
    """A key waits in `Handset.keys`."""


@dataclass(frozen=True)
class Heard:
    """The sound with this number has been heard to its end."""

    number: int


@dataclass(frozen=True)
class Hung:
    """The telephone has hung up, or was never answered."""

    how: CallEnd


@dataclass(frozen=True)
class MovedTo:
    """The server wants the call to continue at another address, or to end if it is empty."""

    url: str


@dataclass(frozen=True)
class VoiceBegan:
    """The caller speaks; it is no noise."""


@dataclass(frozen=True)
class VoiceEnded:
    """The phrase that was said, or why nothing was understood."""

    result: RecognizedPhrase | Nothing = field(repr=False)


@dataclass(frozen=True)
class LegEvent:
    """Something happened on the leg that this call dialled."""

    event: Answered | Hung | LegDecided


@dataclass(frozen=True)
class LegDecided:
    """The document for the dialled party has ended; `takes` tells whether the party takes the call."""

    takes: bool


PhoneEvent = Answered | KeyDown | Heard | Hung | MovedTo | VoiceBegan | VoiceEnded | LegEvent


class Handset:
    """Joins a call of a line to the pump. `tell` receives answer and end as well, for the call that dialled this."""

    def __init__(
        self, call: LineCall, pump: MediaPump, tell: Callable[[Answered | Hung], None] = lambda _: None
    ) -> None:
        self.call = call
        self.stream = SoundStream(call, self._heard)
        self._pump, self._tell = pump, tell
        self._events: queue.SimpleQueue[PhoneEvent] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._keys: list[str] = []
        self._stops = False
        self._number = 0
        self._inband = InbandKeys(self._take)
        self.answered_at = 0.0
        self.hung: Hung | None = None
        # The pump first: events of the past come with `watch`, and the player may speak at the first of them.
        pump.add(self.stream)
        self.stream.listen(self._inband.feed, patient=True)
        call.watch(self)

    # --- what the line reports ---

    def answered(self) -> None:
        """Receive the answer."""
        if not self.answered_at:
            self.answered_at = time.time()
            self.put(Answered())
            self._tell(Answered())

    def pressed(self, key: str) -> None:
        """Receive a key that the line signals. Its tone, if it is in the sound, too, does not count again."""
        if self._inband.signalled(key):
            self._take(key)

    def ended(self, how: CallEnd) -> None:
        """Receive the end."""
        if self.hung is None:
            self.hung = Hung(how)
            self._pump.remove(self.stream)
            self.put(self.hung)
            self._tell(self.hung)

    def put(self, event: PhoneEvent) -> None:
        """Add an event."""
        self._events.put(event)

    def next(self, until: float) -> PhoneEvent | None:
        """Return the next event, or None at `until` by `time.monotonic`."""
        try:
            return self._events.get(timeout=max(0.0, min(until - time.monotonic(), threading.TIMEOUT_MAX)))
        except queue.Empty:
            return None

    # --- keys ---

    def _take(self, key: str) -> None:
        if key not in DTMF_KEYS:
            return
        with self._lock:
            # A stuck key or a machine that dials would fill the memory.
            if len(self._keys) >= MOST_KEYS_AHEAD:
                return
            self._keys.append(key)
            stops = self._stops
        # In the thread that reports the key: the prompt must end within two frames, before the player has woken.
        if stops:
            self.stream.stop()
        self.put(KeyDown())

    def key(self) -> str:
        """Take the oldest key that waits, or an empty text."""
        with self._lock:
            return self._keys.pop(0) if self._keys else ""

    @property
    def keys_waiting(self) -> int:
        """The number of keys that wait."""
        return len(self._keys)

    def forget_keys(self, beyond: int = 0) -> None:
        """Drop the keys that wait, but for the oldest `beyond`."""
        with self._lock:
            del self._keys[beyond:]

    def keys_stop(self, stops: bool) -> bool:
        """Let a key cut the sound at once, or not; return whether one waits already."""
        with self._lock:
            self._stops = stops
            return bool(self._keys)

    # --- sound ---

    def play(self, pcm: bytes, times: int = 1, text: str = "") -> int:
        """Append a sound with its words, unless a key that cuts it waits; return the number of its `Heard`."""
        with self._lock:
            self._number += 1
            # Under the lock, because a key may come between the question whether one waits and the first sound.
            cut = self._stops and bool(self._keys)
            number = self._number
        if not cut:
            self.stream.play(pcm, times, lambda: self.call.show(text) if text else None)
        return number

    def _heard(self) -> None:
        self.put(Heard(self._number))
