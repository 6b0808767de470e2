"""A faster sound keeps its pitch."""

from __future__ import annotations

import numpy as np
import pytest

from ivr.speech.audio import (
    RATE,
    loudness,
)
from ivr.speech.audio.sound import audio_of
from ivr.speech.audio.tempo import faster

from .tones import pitch, tone


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
