"""WAV files in memory: read every uncompressed coding, write 8 kHz mono."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from .g711 import alaw_samples, mulaw_bytes, mulaw_samples
from .sound import RATE, Audio, Fractions, audio_of
from .spectrum import resample

_PCM, _FLOAT, _ALAW, _MULAW, _EXTENSIBLE = 1, 3, 6, 7, 0xFFFE
_SLOWEST, _FASTEST, _MOST_CHANNELS = 4000, 192_000, 8


@dataclass(frozen=True)
class _Format:
    coding: int
    channels: int
    rate: int
    bits: int


def read_wav(data: bytes) -> Audio:
    """Return the sound of a WAV file, mixed to mono, at the file's own rate.

    Reads PCM of 8, 16, 24 and 32 bits, floating point, mu-law and A-law. A truncated file is read to its end. Raises
    ValueError with the cause.
    """
    if data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        raise ValueError("this is no WAV file: it does not begin with RIFF and WAVE")
    form: _Format | None = None
    for name, body in _chunks(data):
        if name == b"fmt ":
            form = _format(body)
        elif name == b"data":
            if form is None:
                raise ValueError("the WAV file does not say how its sound is coded before the sound begins")
            return audio_of(_mixed(body, form), form.rate)
    raise ValueError("the WAV file holds no sound: it has no data part")


def write_wav(audio: Audio, *, mulaw: bool = False) -> bytes:
    """Return a WAV file of 8 kHz mono: 16-bit PCM, or mu-law at half the size."""
    samples = resample(audio, RATE).samples
    body = mulaw_bytes(samples) if mulaw else samples.astype("<i2").tobytes()
    width = 1 if mulaw else 2
    head = struct.pack("<HHIIHH", _MULAW if mulaw else _PCM, 1, RATE, RATE * width, width, 8 * width)
    parts = [(b"fmt ", head + (b"\0\0" if mulaw else b""))]
    parts += [(b"fact", struct.pack("<I", len(samples)))] if mulaw else []
    chunks = b"".join(name + struct.pack("<I", len(part)) + part + b"\0" * (len(part) % 2) for name, part in parts)
    chunks += b"data" + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = 12
    while place + 8 <= len(data):
        name, size = struct.unpack_from("<4sI", data, place)
        # A slice past the end is what there is: programs that write to a pipe leave the size as 0 or 0xFFFFFFFF.
        yield name, data[place + 8 : place + 8 + size]
        # Parts begin at even places; a part of odd length has one more byte that its size does not count.
        place += 8 + size + size % 2


def _format(body: bytes) -> _Format:
    if len(body) < 16:
        raise ValueError("the WAV file's description of its sound is cut off")
    coding, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", body)
    # The real coding is then in the first two bytes of a GUID, as Windows writes it for 24 bits.
    if coding == _EXTENSIBLE and len(body) >= 26:
        (coding,) = struct.unpack_from("<H", body, 24)
    form = _Format(coding, channels, rate, bits)
    if (coding, bits) not in _READERS:
        raise ValueError(f"sound of {bits} bits in coding {coding} is not read; save it as 16-bit PCM")
    if not _SLOWEST <= rate <= _FASTEST:
        raise ValueError(f"a rate of {rate} Hz is not read; save it at 8,000 to 48,000 Hz")
    if not 1 <= channels <= _MOST_CHANNELS:
        raise ValueError(f"{channels} channels are not read; save it in mono")
    return form


def _mixed(body: bytes, form: _Format) -> Fractions:
    frame = form.channels * form.bits // 8
    values = _READERS[form.coding, form.bits](body[: len(body) // frame * frame])
    mixed: Fractions = values.reshape(-1, form.channels).mean(axis=1)
    return mixed


def _pcm8(body: bytes) -> Fractions:
    return (np.frombuffer(body, np.uint8).astype(np.float64) - 128) / 128


def _pcm24(body: bytes) -> Fractions:
    triples = np.frombuffer(body, np.uint8).reshape(-1, 3)
    padded = np.pad(triples, ((0, 0), (1, 0)))
    return padded.reshape(-1).view("<i4").astype(np.float64) / 2**31


def _float32(body: bytes) -> Fractions:
    # One sample that is not a number would spoil every measurement.
    return np.nan_to_num(np.frombuffer(body, "<f4").astype(np.float64), posinf=1, neginf=-1)


_READERS: Mapping[tuple[int, int], Callable[[bytes], Fractions]] = {
    (_PCM, 8): _pcm8,
    (_PCM, 16): lambda body: np.frombuffer(body, "<i2").astype(np.float64) / 2**15,
    (_PCM, 24): _pcm24,
    (_PCM, 32): lambda body: np.frombuffer(body, "<i4").astype(np.float64) / 2**31,
    (_FLOAT, 32): _float32,
    (_MULAW, 8): lambda body: mulaw_samples(body).astype(np.float64) / 2**15,
    (_ALAW, 8): lambda body: alaw_samples(body).astype(np.float64) / 2**15,
}
