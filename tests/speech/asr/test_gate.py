"""The gate lets every spoken answer in, and keeps out what a recogniser would make words of."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from ivr.speech.asr.gate import refused
from ivr.speech.audio import RATE, Audio

LOUD = 9000


def sound(values: np.ndarray) -> Audio:
    return Audio((values / max(np.abs(values).max(), 1e-9) * LOUD).astype(np.int16))


def tone(hertz: float, seconds: float) -> np.ndarray:
    time = np.arange(int(seconds * RATE)) / RATE
    return sum(np.sin(2 * np.pi * hertz * part * time) / part for part in range(1, 5))


def tune(fading: float, *, chords: bool) -> Audio:
    """Play a little melody, plucked when it fades fast."""
    notes = []
    for hertz, seconds in zip([262, 330, 392, 523, 392, 330, 294, 262], [0.5, 0.25, 0.25, 0.5] * 2, strict=True):
        note = sum(tone(hertz * part, seconds) for part in ((1, 1.25, 1.5) if chords else (1,)))
        notes.append(note * np.exp(-np.arange(len(note)) / RATE * fading))
    return sound(np.concatenate(notes))


def noise(seconds: float) -> np.ndarray:
    return np.random.default_rng(5).normal(size=int(seconds * RATE))


def test_every_spoken_answer_passes(manifest, sounds):
    spoken = [row["file"] for row in manifest if row["language"] != "-"]
    assert len(spoken) > 60
    assert [name for name in spoken if refused(sounds[name])] == []


def test_recorded_silence_noise_and_keys_are_kept_out(sounds):
    found = {name: refused(sounds[name]).reason for name in sounds if name.startswith(("silence", "noise", "dtmf"))}
    assert found == {
        "silence_3s.wav": "silence",
        "noise_quiet_3s.wav": "silence",
        "noise_loud_3s.wav": "noise",
        "dtmf_0123456789.wav": "keys",
        "dtmf_star_hash_abcd.wav": "keys",
        "dtmf_fast_noise15.wav": "keys",
        "dtmf_over_prompt_echo.wav": "keys",
        "dtmf_short_25ms.wav": "noise",
    }


@pytest.mark.parametrize("fading", [0.3, 3.0])
@pytest.mark.parametrize("chords", [False, True])
def test_music_is_kept_out(fading, chords):
    assert refused(tune(fading, chords=chords)).reason == "music"


def test_the_tones_of_the_network_are_kept_out():
    busy = np.concatenate([tone(450, 0.35), np.zeros(2800)] * 4)
    assert refused(sound(busy)).reason == "music"
    assert refused(sound(tone(450, 3))).reason == "music"


def test_clicks_breath_and_hum_are_kept_out():
    click = np.zeros(2 * RATE)
    click[RATE : RATE + 40] = 1
    breath = noise(3) * np.abs(np.sin(np.arange(3 * RATE) / RATE * 1.5))
    hum = np.sin(2 * np.pi * 50 * np.arange(2 * RATE) / RATE) + noise(2) * 0.02
    assert [refused(sound(one)).reason for one in (click, breath, hum)] == ["noise", "noise", "noise"]


def test_too_little_sound_is_silence():
    for length in (0, 1, 500):
        assert refused(Audio(np.full(length, LOUD, np.int16))).reason == "silence"


def test_a_word_in_fifteen_seconds_of_silence_passes_at_any_rate(sounds):
    word = sounds["zh_16_clean.wav"].samples
    alone = Audio(np.concatenate([np.zeros(8 * RATE, np.int16), word, np.zeros(6 * RATE, np.int16)]))
    assert refused(alone) is None
    assert refused(dataclasses.replace(alone, samples=np.repeat(alone.samples, 2), rate=2 * RATE)) is None
