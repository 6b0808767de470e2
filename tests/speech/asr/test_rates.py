"""Telephone sound at the rate of a model: as long, as loud and as high as it was."""

from __future__ import annotations

import numpy as np
import pytest

from ivr.speech.asr.rates import at_rate
from ivr.speech.audio import Audio, loudness, resample
from tests.speech.audio.tones import pitch, tone


@pytest.mark.parametrize("rate", [16_000, 24_000, 48_000])
def test_a_tone_keeps_its_length_its_pitch_and_its_loudness(rate: int) -> None:
    heard = at_rate(tone(440), rate)
    assert (heard.rate, heard.seconds) == (rate, 1.0)
    assert pitch(heard) == pytest.approx(440, abs=1)
    assert loudness(heard) == pytest.approx(loudness(tone(440)), abs=0.2)


def test_little_is_left_above_the_edge_of_the_telephone() -> None:
    spectrum = np.abs(np.fft.rfft(at_rate(tone(3000), 16_000).fractions()))
    assert spectrum[4500:].max() < spectrum.max() / 300


@pytest.mark.parametrize("rate", [8000, 11_025, 16_000])
def test_nothing_stays_nothing(rate: int) -> None:
    heard = at_rate(Audio(np.zeros(0, np.int16)), rate)
    assert (heard.rate, len(heard.samples)) == (rate, 0)


@pytest.mark.parametrize("rate", [8000, 11_025])
def test_a_rate_that_is_no_multiple_takes_the_exact_way(rate: int) -> None:
    assert at_rate(tone(440), rate) == resample(tone(440), rate)
