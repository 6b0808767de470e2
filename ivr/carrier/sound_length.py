"""The length of sounds that a document plays, read from the WAV header; each is fetched once."""

from __future__ import annotations

import struct
from weakref import WeakKeyDictionary

from .transport import NoAnswer, Transport

UNKNOWN_SECONDS = 3.0
"""Assumed length of a sound that cannot be fetched or is not a WAV file."""
MOST_KEPT = 1024

_LENGTHS: WeakKeyDictionary[Transport, dict[str, float]] = WeakKeyDictionary()


def sound_seconds(transport: Transport, url: str) -> float:
    """Return the length in seconds of the sound at a URL; fetch it once per transport."""
    lengths = _LENGTHS.setdefault(transport, {})
    if url not in lengths:
        if len(lengths) >= MOST_KEPT:
            lengths.clear()
        lengths[url] = _fetched(transport, url)
    return lengths[url]


def _fetched(transport: Transport, url: str) -> float:
    try:
        answer = transport.send("GET", url, b"", {})
    except NoAnswer:
        return UNKNOWN_SECONDS
    return wav_seconds(answer.body) if answer.status == 200 else UNKNOWN_SECONDS


def wav_seconds(data: bytes) -> float:
    """Return the length in seconds of a WAV file of any encoding: bytes of sound divided by bytes per second."""
    rate, place = 0, 12
    while data[:4] == b"RIFF" and place + 8 <= len(data):
        name, size = struct.unpack_from("<4sI", data, place)
        if name == b"fmt " and place + 20 <= len(data):
            rate = struct.unpack_from("<I", data, place + 16)[0]
        if name == b"data" and rate:
            # A WAV that was written as a stream claims up to 4 GiB; what was received counts.
            return float(min(size, len(data) - place - 8) / rate)
        # RIFF pads chunks of odd length by a byte that their size does not count.
        place += 8 + size + size % 2
    return UNKNOWN_SECONDS
