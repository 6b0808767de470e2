"""Speech in a stream: noise is no speech, a word is recognised, and the beginning may cut a prompt."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from ivr.carrier.line.handset import VoiceBegan, VoiceEnded
from ivr.carrier.line.voice_watch import VoiceLevel, VoiceWatch, first_listener
from ivr.speech.asr import Expected, Nothing, RecognizedPhrase, Recognizer
from ivr.speech.asr.vosk import VoskRecognizer
from ivr.speech.audio import Audio, joined, read_wav, silence
from ivr.speech.audio.sound import audio_of
from tests.speech.conftest import speaking_korean
from tests.waiting import wait_until

SPEECH = Path(os.environ.get("IVR_TEST_ASSETS", "")) / "speech"
KOREAN = ("네", "아니요")


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
    if watch._closed:
        wait_until(lambda: told and isinstance(told[-1], VoiceEnded))
    return told


def test_speech_begins_once_and_is_recognised_after_silence() -> None:
    told = heard(joined([silence(0.5), voice(1.2), silence(1.5)]))
    assert [type(event) for event in told] == [VoiceBegan, VoiceEnded]
    assert told[-1] == VoiceEnded(RecognizedPhrase("查询余额", 0.9, 1.0))


@pytest.mark.parametrize("level", [0.0, 0.001, 0.2])
def test_silence_and_noise_are_no_speech(level: float) -> None:
    noise = level * np.random.default_rng(7).standard_normal(16000)
    assert heard(joined([audio_of(noise, 8000), silence(2.0)])) == []


@pytest.mark.skipif(not SPEECH.is_dir(), reason="IVR_TEST_ASSETS is not set")
def test_spoken_answers_begin_and_noise_does_not() -> None:
    begun = {
        file.name: [type(event) for event in heard(joined([silence(0.5), read_wav(file.read_bytes()), silence(1.5)]))]
        for file in [*sorted(SPEECH.glob("zh_0*_clean.wav")), *sorted(SPEECH.glob("noise_*.wav"))]
    }
    assert [name for name, events in begun.items() if VoiceEnded in events and name.startswith("noise")] == []
    assert [name for name, events in begun.items() if VoiceEnded not in events and name.startswith("zh")] == []


@pytest.mark.skipif(not SPEECH.is_dir(), reason="IVR_TEST_ASSETS is not set")
def test_a_real_recogniser_hears_the_phrase_of_a_stream() -> None:
    told: list[VoiceBegan | VoiceEnded] = []
    recognizer, answer = VoskRecognizer(), read_wav((SPEECH / "ko_yn_0.wav").read_bytes())
    with speaking_korean():
        if reason := recognizer.why_not("ko-KR"):
            pytest.skip(reason)
        recognizer.unknown_words(Expected("ko-KR", KOREAN))  # loads the model
        watch = VoiceWatch(recognizer, Expected("ko-KR", KOREAN), told.append)
        watch.feed(joined([silence(0.5), answer, silence(1.5)]).samples.tobytes())
        wait_until(lambda: told and isinstance(told[-1], VoiceEnded))
    assert isinstance(told[-1], VoiceEnded)
    assert isinstance(told[-1].result, RecognizedPhrase)
    assert told[-1].result.text == KOREAN[0]


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
