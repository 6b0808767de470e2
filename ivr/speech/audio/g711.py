"""The codecs of the telephone network, mu-law and A-law (ITU-T G.711), bit-exact."""

from __future__ import annotations

import numpy as np

from .sound import Samples

_BIAS, _CLIP = 0x84, 32635


def mulaw_bytes(samples: Samples) -> bytes:
    """Return the mu-law coding, one byte per sample."""
    wide = samples.astype(np.int32)
    # As 32 bits, since the absolute value of -32768 does not fit into 16.
    size = np.minimum(np.abs(wide), _CLIP) + _BIAS
    segment = np.floor(np.log2(size)).astype(np.int32) - 7
    mantissa = (size >> (segment + 3)) & 0x0F
    coded = ~(np.where(wide < 0, 0x80, 0) | segment << 4 | mantissa)
    return bytes((coded & 0xFF).astype(np.uint8).tobytes())


def mulaw_samples(data: bytes) -> Samples:
    """Decode mu-law bytes."""
    return _MULAW[np.frombuffer(data, dtype=np.uint8)]


def alaw_samples(data: bytes) -> Samples:
    """Decode A-law bytes."""
    return _ALAW[np.frombuffer(data, dtype=np.uint8)]


def _mulaw_table() -> Samples:
    code = ~np.arange(256, dtype=np.int32) & 0xFF
    size = ((((code & 0x0F) << 3) + _BIAS) << ((code >> 4) & 7)) - _BIAS
    return np.where(code & 0x80, -size, size).astype(np.int16)


def _alaw_table() -> Samples:
    code = np.arange(256, dtype=np.int32) ^ 0x55
    segment, mantissa = (code >> 4) & 7, (code & 0x0F) << 4
    size = np.where(segment == 0, mantissa + 8, (mantissa + 0x108) << np.maximum(segment - 1, 0))
    return np.where(code & 0x80, size, -size).astype(np.int16)


_MULAW, _ALAW = _mulaw_table(), _alaw_table()
