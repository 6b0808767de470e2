"""Speech in a stream: noise is no speech, a word is recognised, and the beginning may cut a prompt."""

from __future__ import annotations

import numpy as np
import pytest

from ivr.carrier.line.handset import VoiceBegan, VoiceEnded
from ivr.carrier.line.voice_watch import VoiceLevel, VoiceWatch, first_listener
from ivr.speech.asr import Expected, Nothing, RecognizedPhrase, Recognizer
from ivr.speech.audio import Audio, joined, silence
from ivr.speech.audio.sound import audio_of
from tests.waiting import wait_until


class Echo(Recognizer):
    """Takes everything for the first phrase."""

    kind = "echo"

    @classmethod
    def open(cls, folders):
        return cls()

    def why_not(self, language: str) -> str | None:
        return None if language == "zh-CN" else "only Mandarin"

    def prepare(self, language: str) -> None:
        return

    def listen(self, audio: Audio, expecting: Expected, deadline: float) -> RecognizedPhrase | Nothing:
        return RecognizedPhrase(expecting.phrases[0], 0.9, 1.0)


def voice(seconds: float) -> Audio:
    """Return something that is no tone and no steady noise: a buzz whose pitch and loudness change as a voice's do."""
    times = np.arange(int(8000 * seconds)) / 8000
    pitch = 140 + 40 * np.sin(2 * np.pi * 3.1 * times)
    phase = 2 * np.pi * np.cumsum(pitch) / 8000
    buzz = sum(np.sin(place * phase) / place for place in range(1, 12))
    return audio_of(0.12 * buzz * (0.55 + 0.45 * np.sin(2 * np.pi * 4.3 * times)), 8000)


def heard(audio: Audio) -> list[VoiceBegan | VoiceEnded]:
    told: list[VoiceBegan | VoiceEnded] = []
    watch = VoiceWatch(Echo(), Expected("zh-CN", ("查询余额",)), told.append)
    pcm = audio.samples.tobytes()
    for start in range(0, len(pcm), 300):
        watch.feed(pcm[start : start + 300])
    if any(isinstance(event, VoiceBegan) for event in told):
        wait_until(lambda: isinstance(told[-1], VoiceEnded))
    return told


def test_speech_begins_once_and_is_recognised_after_silence() -> None:
    told = heard(joined([silence(0.5), voice(1.2), silence(1.5)]))
    assert [type(event) for event in told] == [VoiceBegan, VoiceEnded]
    assert told[-1] == VoiceEnded(RecognizedPhrase("查询余额", 0.9, 1.0))


@pytest.mark.parametrize("level", [0.0, 0.001, 0.2])
def test_silence_and_noise_are_no_speech(level: float) -> None:
    noise = level * np.random.default_rng(7).standard_normal(16000)
    assert heard(joined([audio_of(noise, 8000), silence(2.0)])) == []


def test_a_lasting_noise_becomes_the_background() -> None:
    level = VoiceLevel()
    frame = (1500 * np.sin(np.arange(160))).astype(np.int16)
    assert level.speaks(frame)
    assert not all(level.speaks(frame) for _ in range(2000))


def test_after_close_nothing_is_told() -> None:
    told: list[object] = []
    watch = VoiceWatch(Echo(), Expected("zh-CN", ("余额",)), told.append)
    watch.close()
    watch.feed(voice(2.0).samples.tobytes() + silence(2.0).samples.tobytes())
    assert told == []


def test_a_recogniser_is_chosen_by_language() -> None:
    assert isinstance(first_listener([Echo()], "zh-CN"), Echo)
    assert first_listener([Echo()], "en-US") is None
