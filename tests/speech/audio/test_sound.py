"""A piece of sound: what it measures, and its way from fractions to 16 bits."""

from __future__ import annotations

import numpy as np

from ivr.speech.audio.sound import RATE, Audio, audio_of


def test_a_sound_lasts_as_long_as_its_samples() -> None:
    assert Audio(np.zeros(4000, np.int16)).seconds == 0.5
    assert Audio(np.zeros(4000, np.int16), 16_000).seconds == 0.25


def test_equal_samples_at_one_rate_are_equal_and_nothing_else_is() -> None:
    first, second = (Audio(np.array([1, 2], np.int16)) for _ in range(2))
    assert (first, hash(first)) == (second, hash(second))
    assert first != Audio(np.array([1, 2], np.int16), 16_000)
    assert first != Audio(np.array([1, 3], np.int16))
    assert first != "sound"


def test_what_is_too_loud_for_16_bits_is_cut_off_and_does_not_turn_round() -> None:
    assert audio_of(np.array([2.0, -2.0, 1.0, 0.0]), RATE).samples.tolist() == [32767, -32768, 32767, 0]


def test_fractions_read_back() -> None:
    samples = np.array([-32768, -1, 0, 1, 32767], np.int16)
    assert audio_of(Audio(samples).fractions(), RATE) == Audio(samples)
