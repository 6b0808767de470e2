"""Sounds that are made while a call waits: by the local voices, in a bounded pool, within a deadline."""

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
"""Of the time left, where another voice stands behind the one that is asked."""
_LATE = 0.9
_WARM_SECONDS = 30.0
_THREADS, _QUEUE = 2, 16
"""A voice renders so many texts at once, and so many more wait."""
_STUCK_SECONDS, _MOST_LOST = 20.0, 8
"""A thread that takes longer hangs; so many may hang for good before no new ones run in their place."""


@dataclass(frozen=True)
class Wanted:
    """A text to be rendered, its numbers in words."""

    spoken: str
    language: str
    rate: float


class PromptRenderer:
    """Renders on demand and keeps what it made. `fingerprint` names files so that nobody can guess them.

    Each voice has threads of its own, so that one that hangs does not hold up the others.
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
        """Return the sounds that are there within `seconds`, made or kept; those left out could not be made in time."""
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
            share = left * _FIRST_SHARE if any(missing.values()) else left
            sounds |= self._round(asked, share)
            missing = {want: voices for want, voices in missing.items() if want not in sounds}
        return sounds

    def warm(self, languages: Iterable[str]) -> None:
        """Let each voice say a word in the background, so that the first caller does not wait for its data."""
        for language in languages:
            for voice in self.voices.worth_asking(language):
                want = Wanted(phrasebook.phrase(language, "verified"), language, 1.0)
                self._start(want, voice, _WARM_SECONDS)

    def close(self) -> None:
        """End what was started."""
        self.voices.close()

    def _round(self, asked: Mapping[Wanted, Voice], seconds: float) -> dict[Wanted, bytes]:
        """Ask one voice for each text, all at the same time."""
        if seconds <= 0:
            return {}
        futures = {want: self._start(want, voice, seconds) for want, voice in asked.items()}
        began = time.monotonic()
        wait([future for future in futures.values() if future], timeout=seconds)
        slow = time.monotonic() - began > _LATE * seconds
        sounds: dict[Wanted, bytes] = {}
        for want, future in futures.items():
            if future is None:  # too much to do; that is not the voice's fault
                continue
            with suppress(Exception):
                if future.done():
                    sounds[want] = future.result()
            self.voices.answered(asked[want], want in sounds or not slow)
        return sounds

    def _start(self, want: Wanted, voice: Voice, seconds: float) -> Future[bytes] | None:
        """Begin to render, unless somebody else's call has begun with the same."""
        key = (self._name(want), voice.name)
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
        if reason := self.voices.why_not(voice, want.language):
            raise VoiceFailed(reason)
        data = wav_of(rendered(voice, want.spoken, want.language, want.rate, seconds))
        self.kept.put(self._name(want), data)
        return data

    def _name(self, want: Wanted) -> str:
        parts = (FORMAT, want.spoken, want.language, want.rate)
        return self._fingerprint(json.dumps(parts, ensure_ascii=False).encode())
