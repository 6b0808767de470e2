"""Loudness, levels, silence at the ends, and joined pieces, measured."""

from __future__ import annotations

import math

import numpy as np
import pytest

from ivr.speech.audio import (
    RATE,
    joined,
    levelled,
    loudness,
    peak,
    silence,
    trimmed,
)
from ivr.speech.audio.sound import audio_of

from .tones import tone


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
