"""The sound of prompts: recordings are fetched from the server, texts are spoken by a local voice. Thread-safe."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable

from ivr.carrier.transport import NoAnswer, Transport
from ivr.carrier.twiml import Play, Say
from ivr.errors import IvrError
from ivr.speech.audio import RATE, Audio, joined, read_sound, resample, silence
from ivr.speech.languages import language_row

LARGEST_CACHE = 64 << 20
"""Bytes of sound that are kept, an hour and ten minutes; the oldest unused goes first."""
SayAloud = Callable[[str, str, float], Audio]
"""Renders a text in a language at a rate. Raises IvrError."""
TONE_LEVEL = 0.25
_KEY_SECONDS, _BEEP_SECONDS, _BEEP_HERTZ = 0.15, 0.4, 1000.0
RINGING_HERTZ, RINGING_SECONDS, RINGING_PAUSE = 450.0, 1.0, 4.0
"""The ringing tone of mainland China (GB/T 3380)."""


class PromptSounds:
    """Returns prompts as 8 kHz sound. `real` returns the address to connect to for one that the server wrote."""

    def __init__(self, transport: Transport, speak: SayAloud, *, largest: int = LARGEST_CACHE) -> None:
        self._transport, self._speak, self._largest = transport, speak, largest
        self._lock = threading.Lock()
        self._kept: OrderedDict[object, bytes] = OrderedDict()
        self._size = 0

    def said(self, say: Say) -> bytes:
        """Return a text once. Raises IvrError if no voice speaks it."""
        return self._once((say.pieces, say.language), lambda: self._spoken(say))

    def played(self, play: Play, url: str) -> bytes:
        """Return a recording at `url` once, or the keys' tones. Raises IvrError."""
        if play.digits:
            return self._once(("keys", play.digits), lambda: _keys(play.digits))
        return self._once(url, lambda: self._fetched(url))

    def _once(self, key: object, make: Callable[[], Audio]) -> bytes:
        with self._lock:
            if (kept := self._kept.get(key)) is not None:
                self._kept.move_to_end(key)
                return kept
        # Outside of the lock: a voice takes a second, and other calls need their sounds. Two may make the same one.
        pcm = pcm_of(make())
        with self._lock:
            if key not in self._kept:
                self._kept[key] = pcm
                self._size += len(pcm)
            while self._size > self._largest:
                self._size -= len(self._kept.popitem(last=False)[1])
        return pcm

    def _spoken(self, say: Say) -> Audio:
        row = language_row(say.language)
        language = row.tag if row else say.language
        pieces: list[Audio] = []
        for piece in say.pieces:
            if piece.text.strip():
                pieces.append(resample(self._speak(piece.text, language, piece.rate), RATE))
            if piece.pause:
                pieces.append(silence(piece.pause))
        return joined(pieces)

    def _fetched(self, url: str) -> Audio:
        answer = self._transport.send("GET", url, b"", {})
        if answer.status != 200:
            raise NoAnswer(11200, f"{url} was answered with status {answer.status}")
        try:
            return resample(read_sound(answer.body), RATE)
        except ValueError as fault:
            raise IvrError(f"{url} is no sound: {fault}") from None


def pcm_of(audio: Audio) -> bytes:
    """Return the samples as bytes."""
    return audio.samples.tobytes()


def tone(hertz: tuple[float, ...], seconds: float, level: float = TONE_LEVEL) -> Audio:
    """Return pure tones, added."""
    import numpy as np

    from ivr.speech.audio.sound import audio_of

    times = np.arange(round(seconds * RATE)) / RATE
    waves = np.array([np.sin(2 * np.pi * each * times) for each in hertz])
    return audio_of(level * waves.mean(axis=0), RATE)


def beep() -> bytes:
    """Return the tone before a recording."""
    return pcm_of(tone((_BEEP_HERTZ,), _BEEP_SECONDS))


def ringing() -> bytes:
    """Return one period of the ringing tone."""
    return pcm_of(joined([tone((RINGING_HERTZ,), RINGING_SECONDS), silence(RINGING_PAUSE)]))


def _keys(digits: str) -> Audio:
    """Return the tones of keys (ITU-T Q.23); other letters are pauses."""
    from ivr.speech.dtmf import HIGH, LOW, TONE_GRID

    pieces = []
    for key in digits:
        row = next((row for row, keys in enumerate(TONE_GRID) if key in keys), None)
        if row is None:
            pieces.append(silence(2 * _KEY_SECONDS))
            continue
        hertz = (float(LOW[row]), float(HIGH[TONE_GRID[row].index(key)]))
        pieces += [tone(hertz, _KEY_SECONDS), silence(_KEY_SECONDS)]
    return joined(pieces)
