"""The conversation of two telephones: each hears the other, and both are recorded if wanted."""

from __future__ import annotations

import tempfile

import numpy as np

from ivr.speech.audio import Audio, Samples, write_wav

from .sound_stream import SoundStream

_IN_MEMORY = 1 << 20
"""Bytes of a recording that are kept in memory, one minute; longer ones are in a temporary file."""


class TwoWayTalk:
    """Connects two streams from `begin` to `end`."""

    def __init__(self, caller: SoundStream, party: SoundStream, *, record: bool) -> None:
        self._caller, self._party = caller, party
        self._files = [_file(), _file()] if record else []

    def begin(self) -> None:
        """Connect the two."""
        self._caller.listen(self._caller_says)
        self._party.listen(self._party_says)

    def end(self) -> None:
        """Separate them; may be called again."""
        self._caller.ignore(self._caller_says)
        self._party.ignore(self._party_says)

    def wav(self) -> bytes:
        """Return the recording, both voices in one channel, and forget it."""
        sides = [_samples(file) for file in self._files]
        self._files = []
        # 32 bits, since two loud voices add up to more than 16 bits hold; clipped at the end.
        mixed = np.zeros(max((len(side) for side in sides), default=0), np.int32)
        for side in sides:
            mixed[: len(side)] += side
        return write_wav(Audio(np.clip(mixed, -32768, 32767).astype(np.int16)))

    def _caller_says(self, pcm: bytes) -> None:
        self._party.relay(pcm)
        if self._files:
            self._files[0].write(pcm)

    def _party_says(self, pcm: bytes) -> None:
        self._caller.relay(pcm)
        if self._files:
            self._files[1].write(pcm)


def _file() -> tempfile.SpooledTemporaryFile[bytes]:
    return tempfile.SpooledTemporaryFile(_IN_MEMORY)


def _samples(file: tempfile.SpooledTemporaryFile[bytes]) -> Samples:
    with file:
        file.seek(0)
        return np.frombuffer(file.read(), np.int16)
