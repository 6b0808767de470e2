"""The local voices in order: who can speak, who rests after not answering, and why nobody can."""

from __future__ import annotations

import pytest

from ivr.errors import VoiceFailed
from ivr.speech.audio import silence
from ivr.speech.prompts.voices import REST_SECONDS, Voices, rendered

from .conftest import Hum


class Broken(Hum):
    def why_not(self, language: str) -> str | None:
        raise ZeroDivisionError("a plug-in")


def test_the_first_voice_that_can_speaks_and_the_next_stands_in():
    first, second = Hum("first"), Hum("second")
    voices = Voices([Hum("english", languages="en"), first, second])
    voices.say("您好", "zh-CN", 1.0, 5.0)
    assert (first.said, second.said) == (["您好"], [])
    first.broken = VoiceFailed("the engine died")
    voices.say("您好", "zh-CN", 1.0, 5.0)
    assert second.said == ["您好"]


def test_numbers_are_given_to_a_voice_in_words():
    voice = Hum()
    Voices([voice]).say("请按1", "zh-CN", 1.0, 5.0)
    assert voice.said == ["请按一"]


def test_when_nobody_can_every_reason_is_said():
    first, second = Hum("first"), Hum("second")
    first.broken, second.broken = VoiceFailed("no disk"), ZeroDivisionError("135790")
    with pytest.raises(VoiceFailed) as failed:
        Voices([first, second]).say("您好", "zh-CN", 1.0, 5.0)
    assert str(failed.value) == "no disk; the voice second raised ZeroDivisionError"


def test_a_language_that_nobody_speaks_is_said_by_those_that_would_or_by_all():
    voices = Voices([Hum("english", languages="en"), Broken("mandarin", languages="zh")])
    assert voices.reasons("zh-CN") == ["the voice mandarin raised ZeroDivisionError"]
    assert voices.reasons("fr-FR")[0] == "english does not speak fr-FR"
    assert Voices([]).reasons("zh-CN")


def test_a_voice_that_is_late_twice_rests_and_is_asked_again_afterwards():
    now = 0.0
    voice = Hum()
    voices = Voices([voice], lambda: now)
    voices.answered(voice, in_time=False)
    assert voices.resting() == []
    voices.answered(voice, in_time=False)
    assert (voices.resting(), voices.worth_asking("zh-CN")) == (["hum"], [])
    now += REST_SECONDS
    assert (voices.resting(), voices.worth_asking("zh-CN")) == ([], [voice])


def test_an_answer_in_time_wipes_the_late_one_out():
    voice = Hum()
    voices = Voices([voice], lambda: 0.0)
    for in_time in (False, True, False):
        voices.answered(voice, in_time)
    assert voices.resting() == []


def test_a_voice_that_said_it_cannot_is_taken_at_its_word_for_a_while():
    now = 0.0
    voice = Broken()
    voices = Voices([voice], lambda: now)
    assert voices.worth_asking("zh-CN") == [voice]
    assert voices.speaking("zh-CN") == []
    assert voices.worth_asking("zh-CN") == []
    now += 10
    assert voices.worth_asking("zh-CN") == [voice]


def test_a_sound_without_speech_is_a_failure():
    voice = Hum()
    voice.render = lambda *_, **__: silence(3)
    with pytest.raises(VoiceFailed, match="a sound without speech"):
        rendered(voice, "您好", "zh-CN", 1.0, 5.0)
