"""How long a text takes to say: what recordings and renderings are held against. Nothing is rendered here."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ivr.speech.audio import Audio

FORMAT = "wav 8000 mono mu-law 1"
"""Changes whenever the same sound would be written as other bytes."""
LEAD, TAIL = 0.04, 0.24
"""Seconds of silence put before and behind a prompt: carriers leave none between two files."""
SLOWEST, FASTEST = (105.0, 75.0), (300.0, 230.0)
"""Characters and words a minute at the rate 1, pauses included. Mandarin is spoken at 240-300, telephone menus at
145-220 (measured); outside of these bounds words are missing, repeated, or cannot be followed."""
_BYTES_A_SECOND = 8000
"""Of mu-law at the telephone's rate."""
_SLACK = 0.6
_QUIETEST = -40.0
"""dB of full scale: callers do not hear speech whose peak is lower."""
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_WORD = re.compile(r"[A-Za-z]+(?:['’-][A-Za-z]+)*|\d")


def characters_and_words(spoken: str) -> tuple[int, int]:
    """Count Chinese characters, and words of other scripts."""
    return len(_HAN.findall(spoken)), len(_WORD.findall(spoken))


def seconds_at(spoken: str, pace: tuple[float, float], rate: float) -> float:
    """Return how long a text takes at so many characters and words a minute."""
    characters, words = characters_and_words(spoken)
    return 60 * (characters / pace[0] + words / pace[1]) / rate


def length_fault(spoken: str, rate: float, seconds: float) -> str:
    """Say what is wrong with a prompt's length, or nothing."""
    least, most = seconds_at(spoken, FASTEST, rate) - _SLACK, seconds_at(spoken, SLOWEST, rate) + _SLACK
    if least <= seconds <= most:
        return ""
    return f"{seconds:.1f} s, and this text takes {max(least, 0):.1f} to {most:.1f} s"


def empty(audio: Audio, spoken: str) -> bool:
    """Tell whether there is no speech in a sound that should hold this text."""
    from ivr.speech.audio import peak

    return peak(audio) < _QUIETEST or audio.seconds < min(0.15, 0.04 * sum(characters_and_words(spoken)))


def wav_of(audio: Audio) -> bytes:
    """Return the file of a prompt: silence before and behind it, in the format of the telephone network."""
    from ivr.speech.audio import RATE, joined, silence, write_wav

    return write_wav(joined([silence(LEAD, RATE), audio, silence(TAIL, RATE)]), mulaw=True)


def seconds_of(wav: bytes) -> float:
    """Return how long a file of ours lasts: a byte a sample behind its head."""
    start = wav.find(b"data")
    return max(0, int.from_bytes(wav[start + 4 : start + 8], "little")) / _BYTES_A_SECOND if start > 0 else 0.0
