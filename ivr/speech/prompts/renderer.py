"""Render sounds during a call: by the local voices, in a bounded pool, within a deadline."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, wait
from contextlib import suppress
from dataclasses import dataclass

from ivr.errors import VoiceFailed
from ivr.flow import phrasebook
from ivr.net.threads import ThreadPool
from ivr.speech.tts import Voice

from .cache import SoundCache
from .duration import FORMAT, wav_of
from .voices import Voices, rendered

_FIRST_SHARE = 0.6
"""The share of the remaining time for a voice after which another one can be tried."""
_LATE = 0.9
_WARM_SECONDS = 30.0
_THREADS, _QUEUE = 2, 16
"""Texts that a voice renders at once, and texts that may wait."""
_STUCK_SECONDS, _MOST_LOST = 20.0, 8
"""Seconds after which a thread counts as lost, and the maximum of lost threads that are replaced."""


@dataclass(frozen=True)
class Wanted:
    """A text to render, with numbers in words."""

    spoken: str
    language: str
    rate: float


class PromptRenderer:
    """Renders on demand and caches the result. `fingerprint` makes names of files that cannot be guessed.

    Each voice has threads of its own, so that a hanging one does not delay the others.
    """

    def __init__(self, voices: Voices, kept: SoundCache, fingerprint: Callable[[bytes], str]) -> None:
        self.voices, self.kept = voices, kept
        self._fingerprint = fingerprint
        self._pools = {
            voice.name: ThreadPool(
                _THREADS, f"ivr-{voice.name}", queue=_QUEUE, stuck=_STUCK_SECONDS, most_lost=_MOST_LOST
            )
            for voice in voices.all
        }
        self._lock = threading.Lock()
        self._under_way: dict[tuple[str, str], Future[bytes]] = {}

    def make(self, wanted: Iterable[Wanted], seconds: float) -> Mapping[Wanted, bytes]:
        """Return the sounds that are cached or rendered within `seconds`; late ones are missing."""
        sounds: dict[Wanted, bytes] = {}
        missing: dict[Wanted, list[Voice]] = {}
        for want in dict.fromkeys(wanted):
            if kept := self.kept.get(self._name(want)):
                sounds[want] = kept
            else:
                missing[want] = self.voices.worth_asking(want.language)
        end = time.monotonic() + seconds
        while asked := {want: voices.pop(0) for want, voices in missing.items() if voices}:
            left = end - time.monotonic()
            # While another voice could still follow, the first one must leave time for it.
            share = left * _FIRST_SHARE if any(missing.values()) else left
            sounds |= self._round(asked, share)
            missing = {want: voices for want, voices in missing.items() if want not in sounds}
        return sounds

    def warm(self, languages: Iterable[str]) -> None:
        """Let each voice render a word in the background, so that the first caller does not wait for its data."""
        for language in languages:
            for voice in self.voices.worth_asking(language):
                want = Wanted(phrasebook.phrase(language, "verified"), language, 1.0)
                self._start(want, voice, _WARM_SECONDS)

    def close(self) -> None:
        """Stop the threads."""
        self.voices.close()

    def _round(self, asked: Mapping[Wanted, Voice], seconds: float) -> dict[Wanted, bytes]:
        """Let one voice render each text, all in parallel."""
        if seconds <= 0:
            return {}
        futures = {want: self._start(want, voice, seconds) for want, voice in asked.items()}
        began = time.monotonic()
        wait([future for future in futures.values() if future], timeout=seconds)
        slow = time.monotonic() - began > _LATE * seconds
        sounds: dict[Wanted, bytes] = {}
        for want, future in futures.items():
            if future is None:  # a full queue is not the voice's fault
                continue
            with suppress(Exception):
                if future.done():
                    sounds[want] = future.result()
            # A voice that refuses a text at once is not late: it answered, and may speak the next one.
            self.voices.answered(asked[want], want in sounds or not slow)
        return sounds

    def _start(self, want: Wanted, voice: Voice, seconds: float) -> Future[bytes] | None:
        """Start to render, unless another call is rendering the same text."""
        key = (self._name(want), voice.name)
        # Two callers who hear the same sentence wait for one rendering, and not each for their own.
        with self._lock:
            if key in self._under_way:
                return self._under_way[key]
            future = self._pools[voice.name].submit(lambda: self._made(want, voice, seconds))
            if future is None:
                return None
            self._under_way[key] = future
        future.add_done_callback(lambda _: self._under_way.pop(key, None))
        return future

    def _made(self, want: Wanted, voice: Voice, seconds: float) -> bytes:
        if kept := self.kept.get(self._name(want)):  # another call has rendered it since this one looked
            return kept
        if reason := self.voices.why_not(voice, want.language):
            raise VoiceFailed(reason)
        data = wav_of(rendered(voice, want.spoken, want.language, want.rate, seconds))
        self.kept.put(self._name(want), data)
        return data

    def _name(self, want: Wanted) -> str:
        parts = (FORMAT, want.spoken, want.language, want.rate)
        return self._fingerprint(json.dumps(parts, ensure_ascii=False).encode())
