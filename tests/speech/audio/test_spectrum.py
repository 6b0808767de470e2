"""Another rate keeps pitch and level; a telephone carries the middle of the spectrum."""

from __future__ import annotations

import pytest

from ivr.speech.audio import (
    RATE,
    loudness,
    resample,
    telephone_band,
)

from .tones import pitch, tone


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
