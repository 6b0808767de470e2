"""Estimate the duration of a text, with which recordings and renderings are compared. Must not render anything."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ivr.speech.audio import Audio

FORMAT = "wav 8000 mono mu-law 1"
"""The version of the file format. Change it whenever the same sound would be written as other bytes."""
LEAD, TAIL = 0.04, 0.24
"""Seconds of silence before and after a prompt, since carriers leave none between two files."""
SLOWEST, FASTEST = (105.0, 75.0), (300.0, 230.0)
"""Limits of characters and words per minute at rate 1, including pauses; beyond them words are missing or
unintelligible. Mandarin is spoken at 240-300, telephone menus at 145-220 (measured).
"""
_BYTES_A_SECOND = 8000
"""Bytes per second of mu-law at 8 kHz."""
_SLACK = 0.6
_QUIETEST = -40.0
"""Minimum peak of audible speech in dB of full scale."""
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_WORD = re.compile(r"[A-Za-z]+(?:['’-][A-Za-z]+)*|\d")


def characters_and_words(spoken: str) -> tuple[int, int]:
    """Count Chinese characters, and words of other scripts."""
    return len(_HAN.findall(spoken)), len(_WORD.findall(spoken))


def seconds_at(spoken: str, pace: tuple[float, float], rate: float) -> float:
    """Return the seconds of a text at so many characters and words per minute."""
    characters, words = characters_and_words(spoken)
    return 60 * (characters / pace[0] + words / pace[1]) / rate


def length_fault(spoken: str, rate: float, seconds: float) -> str:
    """Return the fault of a prompt's length, or an empty text."""
    least, most = seconds_at(spoken, FASTEST, rate) - _SLACK, seconds_at(spoken, SLOWEST, rate) + _SLACK
    if least <= seconds <= most:
        return ""
    return f"{seconds:.1f} s, and this text takes {max(least, 0):.1f} to {most:.1f} s"


def empty(audio: Audio, spoken: str) -> bool:
    """Return whether a sound lacks the speech of this text."""
    from ivr.speech.audio import peak

    return peak(audio) < _QUIETEST or audio.seconds < min(0.15, 0.04 * sum(characters_and_words(spoken)))


def wav_of(audio: Audio) -> bytes:
    """Return the WAV file of a prompt in mu-law, with silence before and after it."""
    from ivr.speech.audio import RATE, joined, silence, write_wav

    return write_wav(joined([silence(LEAD, RATE), audio, silence(TAIL, RATE)]), mulaw=True)


def seconds_of(wav: bytes) -> float:
    """Return the seconds of a file of `wav_of`: one byte per sample after its header."""
    start = wav.find(b"data")
    return max(0, int.from_bytes(wav[start + 4 : start + 8], "little")) / _BYTES_A_SECOND if start > 0 else 0.0
