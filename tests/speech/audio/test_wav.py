"""WAV files of every coding are read, and what is written reads back."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from ivr.speech.audio import (
    RATE,
    read_wav,
    write_wav,
)
from ivr.speech.audio.g711 import mulaw_bytes

from .tones import tone

VALUES = np.array([0, 1000, -1000, 32767, -32768, 12345], np.int16)


def wav(form: int, channels: int, rate: int, bits: int, body: bytes, extra: bytes = b"") -> bytes:
    head = struct.pack("<HHIIHH", form, channels, rate, rate * channels * bits // 8, channels * bits // 8, bits) + extra
    chunks = b"fmt " + struct.pack("<I", len(head)) + head + b"LIST" + struct.pack("<I", 3) + b"abc\0"
    chunks += b"data" + struct.pack("<I", len(body)) + body
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks


@pytest.mark.parametrize(
    ("form", "bits", "body", "off"),
    [
        (1, 8, (VALUES // 256 + 128).astype(np.uint8).tobytes(), 256),
        (1, 16, VALUES.tobytes(), 0),
        (1, 24, b"".join(int(v * 256).to_bytes(3, "little", signed=True) for v in VALUES.tolist()), 0),
        (1, 32, (VALUES.astype(np.int32) * 65536).tobytes(), 0),
        (3, 32, (VALUES / 32768).astype(np.float32).tobytes(), 0),
        (7, 8, mulaw_bytes(VALUES), 700),
    ],
)
def test_every_coding_is_read_alike(form: int, bits: int, body: bytes, off: int) -> None:
    found = read_wav(wav(form, 1, 16000, bits, body))
    assert found.rate == 16000
    assert np.abs(found.samples.astype(int) - VALUES).max() <= off


def test_channels_are_mixed_and_the_extensible_form_is_understood() -> None:
    extra = struct.pack("<HHI", 22, 16, 3) + struct.pack("<H", 1) + b"\0" * 14
    both = np.array([[1000, 3000], [-500, 500]], np.int16)
    assert read_wav(wav(0xFFFE, 2, 44100, 16, both.tobytes(), extra)).samples.tolist() == [2000, 0]


def test_a_file_that_was_cut_off_gives_what_is_there() -> None:
    whole = write_wav(tone(440))
    assert read_wav(whole[:1044]).samples.tolist() == tone(440).samples[:500].tolist()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "no WAV file"),
        (b"RIFF\0\0\0\0WAVE", "no data part"),
        (b"ID3 something", "no WAV file"),
        (wav(2, 1, 8000, 4, b"\0"), "coding 2"),
        (wav(1, 1, 100, 16, b"\0\0"), "100 Hz"),
        (wav(1, 0, 8000, 16, b"\0\0"), "0 channels"),
        (b"RIFF\0\0\0\0WAVEfmt \2\0\0\0\1\0", "cut off"),
        (b"RIFF\0\0\0\0WAVEdata\2\0\0\0\1\0", "before the sound"),
    ],
)
def test_what_is_no_sound_is_refused_with_the_reason(data: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        read_wav(data)


@pytest.mark.parametrize("mulaw", [False, True])
def test_what_is_written_reads_back(mulaw: bool) -> None:
    sound = tone(1000, 0.2)
    found = read_wav(write_wav(sound, mulaw=mulaw))
    assert found.rate == RATE
    assert np.abs(found.samples.astype(int) - sound.samples).max() <= (130 if mulaw else 0)
    assert len(write_wav(sound, mulaw=True)) < len(write_wav(sound)) * 0.55
