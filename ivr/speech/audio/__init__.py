"""Audio processing, mono and 16 bits: read and write WAV, resample, trim, level. Must not know voices or prompts."""

from __future__ import annotations

from .levels import joined, levelled, loudness, peak, silence, trimmed
from .mp3 import read_mp3, read_sound
from .sound import RATE, Audio, Samples
from .spectrum import resample, telephone_band
from .wav import read_wav, write_wav

__all__ = [
    "RATE",
    "Audio",
    "Samples",
    "joined",
    "levelled",
    "loudness",
    "peak",
    "read_mp3",
    "read_sound",
    "read_wav",
    "resample",
    "silence",
    "telephone_band",
    "trimmed",
    "write_wav",
]
