"""Sound as numbers, measured: codings, rates, levels, tempo."""

from __future__ import annotations

import math
import struct

import numpy as np
import pytest

from ivr.speech.audio import (
    RATE,
    Audio,
    joined,
    levelled,
    loudness,
    peak,
    read_mp3,
    read_sound,
    read_wav,
    resample,
    silence,
    telephone_band,
    trimmed,
    write_wav,
)
from ivr.speech.audio.g711 import alaw_samples, mulaw_bytes, mulaw_samples
from ivr.speech.audio.sound import audio_of
from ivr.speech.audio.tempo import faster


def tone(hertz: float, seconds: float = 1.0, rate: int = RATE, level: float = -20.0) -> Audio:
    """Return a sine whose peaks are at `level` dB of full scale."""
    time = np.arange(round(seconds * rate)) / rate
    return audio_of(10 ** (level / 20) * np.sin(2 * np.pi * hertz * time), rate)


def pitch(audio: Audio) -> float:
    """Return the strongest frequency."""
    spectrum = np.abs(np.fft.rfft(audio.fractions() * np.hanning(len(audio.samples)), 1 << 18))
    return float(np.argmax(spectrum)) * audio.rate / (1 << 18)


def wav(form: int, channels: int, rate: int, bits: int, body: bytes, extra: bytes = b"") -> bytes:
    head = struct.pack("<HHIIHH", form, channels, rate, rate * channels * bits // 8, channels * bits // 8, bits) + extra
    chunks = b"fmt " + struct.pack("<I", len(head)) + head + b"LIST" + struct.pack("<I", 3) + b"abc\0"
    chunks += b"data" + struct.pack("<I", len(body)) + body
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks


VALUES = np.array([0, 1000, -1000, 32767, -32768, 12345], np.int16)


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


@pytest.mark.parametrize("data", [b"", b"hello", b"\xff\xfb\x90\0nothing"])
def test_a_sound_file_of_no_known_kind_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"neither WAV nor MP3|no MP3 file"):
        read_sound(data)


def test_mp3_is_read(recordings) -> None:
    file = recordings / "64k" / "syllabs" / "cmn-ma3.mp3"
    found = read_sound(file.read_bytes())
    assert found == read_mp3(file.read_bytes())
    assert (found.rate, round(found.seconds, 1)) == (48000, 1.4)


@pytest.mark.parametrize("mulaw", [False, True])
def test_what_is_written_reads_back(mulaw: bool) -> None:
    sound = tone(1000, 0.2)
    found = read_wav(write_wav(sound, mulaw=mulaw))
    assert found.rate == RATE
    assert np.abs(found.samples.astype(int) - sound.samples).max() <= (130 if mulaw else 0)
    assert len(write_wav(sound, mulaw=True)) < len(write_wav(sound)) * 0.55


def test_the_network_codings_are_those_of_the_standard() -> None:
    assert mulaw_samples(bytes([0x00, 0x7F, 0x80, 0xFF])).tolist() == [-32124, 0, 32124, 0]
    assert alaw_samples(bytes([0x2A, 0x55, 0xAA, 0xD5])).tolist() == [-32256, -8, 32256, 8]
    every = bytes(range(256))
    again = mulaw_bytes(mulaw_samples(every))
    assert [code for code in every if again[code] != code] == [0x7F]  # minus nothing is nothing


@pytest.mark.parametrize("rate", [8000, 11025, 16000, 22050, 44100, 48000])
def test_another_rate_changes_neither_pitch_nor_level_nor_length(rate: int) -> None:
    found = resample(tone(1000, 1.0, rate), RATE)
    assert found.rate == RATE
    assert found.seconds == pytest.approx(1.0, abs=0.001)
    assert pitch(found) == pytest.approx(1000, abs=1)
    assert loudness(found) == pytest.approx(loudness(tone(1000)), abs=0.2)


def test_what_a_lower_rate_cannot_carry_does_not_come_back_as_another_tone() -> None:
    assert loudness(resample(tone(5000, rate=48000))) < loudness(tone(5000, rate=48000)) - 40


def test_a_telephone_carries_the_middle_only() -> None:
    def loss(hertz: float) -> float:
        return loudness(tone(hertz, rate=16000)) - loudness(telephone_band(tone(hertz, rate=16000)))

    assert max(abs(loss(hertz)) for hertz in (400, 1000, 2500, 3300)) < 0.5
    assert min(loss(hertz) for hertz in (100, 3900)) > 20


def test_loudness_is_that_of_the_standard() -> None:
    assert loudness(tone(997, 3.0, 48000, -20.0)) == pytest.approx(-23.0, abs=0.1)
    assert loudness(tone(997, 3.0, 8000, -20.0)) == pytest.approx(-23.0, abs=0.1)
    assert loudness(joined([tone(997, 3.0), silence(6.0)])) == pytest.approx(loudness(tone(997, 3.0)), abs=0.7)
    assert loudness(silence(2.0)) == loudness(silence(0)) == -70.0


def test_a_sound_is_brought_to_the_level_and_no_peak_goes_beyond_the_ceiling() -> None:
    quiet = joined([tone(500, 0.5, level=-50), silence(0.3), tone(900, 0.2, level=-30)])
    clicks = quiet.fractions()
    clicks[::1000] = 0.2
    for sound in (quiet, audio_of(clicks, RATE), tone(300, level=-1.0)):
        found = levelled(sound)
        assert loudness(found) == pytest.approx(-18.0, abs=0.6)
        assert peak(found) <= -0.99
    assert levelled(silence(1.0)) == silence(1.0)
    assert peak(silence(1.0)) == -math.inf


def test_silence_at_the_ends_is_cut_off() -> None:
    rng = np.random.default_rng(1)
    noise = audio_of(rng.normal(0, 0.0005, RATE), RATE)
    found = trimmed(joined([noise, tone(700, 0.5), noise]))
    assert found.seconds == pytest.approx(0.54, abs=0.02)
    assert len(trimmed(silence(1.0)).samples) == len(trimmed(silence(0)).samples) == 0


def test_pieces_are_joined_at_one_rate() -> None:
    assert joined([tone(500, 0.5), tone(500, 0.5, 16000)]).seconds == pytest.approx(1.0)
    assert joined([]) == silence(0)


@pytest.mark.parametrize("factor", [0.8, 1.2, 1.49, 1.7, 2.5])
def test_a_faster_sound_is_as_high_as_before(factor: float) -> None:
    time = np.arange(RATE) / RATE
    voiced = audio_of(sum(0.1 / k * np.sin(2 * np.pi * 200 * k * time) for k in range(1, 8)), RATE)
    found = faster(voiced, factor)
    assert found.seconds == pytest.approx(1 / factor, abs=0.01)
    assert pitch(found) == pytest.approx(200, abs=3)
    assert loudness(found) == pytest.approx(loudness(voiced), abs=1.0)


def test_a_tempo_that_nobody_understands_is_refused() -> None:
    with pytest.raises(ValueError, match="3 is possible"):
        faster(tone(500), 4)
