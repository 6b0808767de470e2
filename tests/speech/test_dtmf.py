"""Keys in sound: every key at 10 dB above noise, within the tolerances of the recommendations, and none in speech."""

from __future__ import annotations

import numpy as np
import pytest

from ivr.speech.audio import Audio, resample
from ivr.speech.dtmf import HIGH, LOW, TONE_GRID, Decoder, decode

ALL = "1234567890*#ABCD"


def dialled(keys: str, *, on: int = 50, off: int = 50, snr: float = 40, twist: float = 0, shift: float = 0) -> Audio:
    """Dial keys: milliseconds of tone and of silence, dB above noise, dB of the high tone over the low, detuning."""
    noise = np.random.default_rng(7)
    amplitude = 0.12
    pieces = [np.zeros(800)]
    for key in keys:
        row = next(place for place, line in enumerate(TONE_GRID) if key in line)
        time = np.arange(on * 8) / 8000
        low = np.sin(2 * np.pi * LOW[row] * (1 + shift) * time)
        high = np.sin(2 * np.pi * HIGH[TONE_GRID[row].index(key)] * (1 + shift) * time)
        pieces += [amplitude * (low + 10 ** (twist / 20) * high), np.zeros(off * 8)]
    whole = np.concatenate([*pieces, np.zeros(800)])
    power = amplitude**2 * (1 + 10 ** (twist / 10)) / 2
    whole += noise.normal(size=len(whole)) * np.sqrt(power / 10 ** (snr / 10))
    return Audio((whole.clip(-1, 1) * 32767).astype(np.int16))


def keys(audio: Audio) -> str:
    return "".join(pressed.key for pressed in decode(audio))


@pytest.mark.parametrize("snr", [10, 15, 40])
@pytest.mark.parametrize("on", [40, 50, 100])
def test_every_key_of_40_ms_and_more_is_heard_down_to_10_db_above_noise(snr, on):
    assert keys(dialled(ALL * 4, on=on, off=40, snr=snr)) == ALL * 4


@pytest.mark.parametrize("shift", [-0.01, 0.01])
def test_tones_that_are_a_little_off_are_keys(shift):
    assert keys(dialled(ALL, shift=shift, snr=20)) == ALL


@pytest.mark.parametrize("twist", [-8, 4])
def test_one_tone_may_be_louder_as_lines_make_it(twist):
    assert keys(dialled(ALL, twist=twist, snr=25)) == ALL


@pytest.mark.parametrize("sound", [{"on": 23}, {"twist": 13}, {"twist": -13}, {"shift": 0.035}, {"shift": -0.035}])
def test_what_no_telephone_sends_is_no_key(sound):
    assert keys(dialled(ALL, **sound)) == ""


def detuned(key: str, share: float, hertz: float) -> Audio:
    row = next(place for place, line in enumerate(TONE_GRID) if key in line)
    time = np.arange(480) / 8000
    tones = (LOW[row], HIGH[TONE_GRID[row].index(key)])
    wave = sum(0.12 * np.sin(2 * np.pi * (tone * (1 + share) + hertz) * time) for tone in tones)
    return Audio((np.concatenate([np.zeros(800), wave, np.zeros(800)]) * 32767).astype(np.int16))


@pytest.mark.parametrize("sign", [-1, 1])
def test_tones_off_by_one_and_a_half_percent_and_two_hertz_are_keys(sign):
    assert "".join(keys(detuned(key, 0.015 * sign, 2 * sign)) for key in ALL) == ALL


@pytest.mark.parametrize("at", range(20, 80, 7))
def test_a_hole_of_ten_milliseconds_is_no_second_key(at):
    samples = dialled("5", on=100).samples.copy()
    samples[800 + at * 8 : 800 + (at + 10) * 8] = 0
    assert keys(Audio(samples)) == "5"


def test_eighteen_of_twenty_entries_are_right_with_five_percent_of_packets_lost():
    lost = np.random.default_rng(3)
    right = 0
    for _ in range(20):
        entry = "".join(lost.choice(list("0123456789"), 5))
        samples = dialled(entry, on=100, off=80).samples.copy()
        for start in range(0, len(samples), 160):
            if lost.random() < 0.05:
                samples[start : start + 160] = 0
        right += keys(Audio(samples)) == entry
    assert right >= 18


def test_the_same_key_twice_is_two_keys_and_one_held_long_is_one():
    assert keys(dialled("1155")) == "1155"
    assert keys(dialled("5", on=3000)) == "5"


def test_a_key_comes_with_its_time_at_any_rate():
    [pressed] = decode(resample(dialled("7", on=80), 16_000))
    assert pressed.key == "7"
    assert pressed.at == pytest.approx(0.1, abs=0.02)
    assert "7" not in repr(pressed)


@pytest.mark.parametrize("size", [1, 37, 160, 1000])
def test_a_stream_tells_the_same_keys_in_pieces_of_any_size_while_they_are_held(size):
    samples = dialled("138#", on=60, off=60, snr=15).samples
    decoder, found = Decoder(), []
    for start in range(0, len(samples), size):
        found += decoder.feed(samples[start : start + size])
    assert "".join(pressed.key for pressed in found) == "138#"
    assert Decoder().feed(dialled("5", on=60).samples[: 800 + 480]), "the key is told before it is let go"


def test_silence_and_too_little_sound_hold_no_key():
    assert decode(Audio(np.zeros(0, np.int16))) == ()
    assert decode(Audio(np.zeros(100, np.int16))) == ()
    assert decode(Audio(np.zeros(8000, np.int16))) == ()


def test_recorded_keys_are_heard_and_speech_holds_none(manifest, sounds):
    for row in manifest:
        expected = row["transcript"] if row["file"].startswith("dtmf") and "25ms" not in row["file"] else ""
        assert keys(sounds[row["file"]]) == expected, row["file"]
