"""How long a sound lasts that a document has the carrier play: read from the head of the file, fetched once."""

from __future__ import annotations

import struct
from weakref import WeakKeyDictionary

from .transport import NoAnswer, Transport

UNKNOWN_SECONDS = 3.0
"""Of a sound that cannot be fetched or is no WAV file."""
MOST_KEPT = 1024

_KNOWN: WeakKeyDictionary[Transport, dict[str, float]] = WeakKeyDictionary()


def sound_seconds(transport: Transport, url: str) -> float:
    """Return the length of the sound at an address, in seconds; each is fetched once over a transport."""
    known = _KNOWN.setdefault(transport, {})
    if url not in known:
        if len(known) >= MOST_KEPT:
            known.clear()
        known[url] = _fetched(transport, url)
    return known[url]


def _fetched(transport: Transport, url: str) -> float:
    try:
        answer = transport.send("GET", url, b"", {})
    except NoAnswer:
        return UNKNOWN_SECONDS
    return wav_seconds(answer.body) if answer.status == 200 else UNKNOWN_SECONDS


def wav_seconds(data: bytes) -> float:
    """Return the length of a WAV file of any encoding: its bytes of sound by its bytes a second."""
    rate, place = 0, 12
    while data[:4] == b"RIFF" and place + 8 <= len(data):
        name, size = struct.unpack_from("<4sI", data, place)
        if name == b"fmt " and place + 20 <= len(data):
            rate = struct.unpack_from("<I", data, place + 16)[0]
        if name == b"data" and rate:
            return float(min(size, len(data) - place - 8) / rate)
        place += 8 + size + size % 2
    return UNKNOWN_SECONDS
