"""Read MP3 files in memory, and tell MP3 from WAV by the first bytes."""

from __future__ import annotations

import numpy as np

from .sound import Audio
from .wav import read_wav


def read_mp3(data: bytes) -> Audio:
    """Return the sound of an MP3 file, mixed to mono, at the file's own rate. Raises ValueError."""
    import miniaudio

    try:
        decoded = miniaudio.mp3_read_s16(data)
    except miniaudio.DecodeError:
        raise ValueError("this is no MP3 file, or it is damaged") from None
    frames = np.asarray(decoded.samples, dtype=np.int16).reshape(-1, decoded.nchannels)
    return Audio(frames.mean(axis=1).round().astype(np.int16), decoded.sample_rate)


def read_sound(data: bytes) -> Audio:
    """Return the sound of a WAV or MP3 file. Raises ValueError with the cause."""
    # By content: studios name MP3 files .wav, and the other way round.
    if data[:4] == b"RIFF":
        return read_wav(data)
    if data[:3] == b"ID3" or (len(data) > 2 and data[0] == 0xFF and data[1] & 0xE0 == 0xE0):
        return read_mp3(data)
    raise ValueError("this is neither WAV nor MP3")
