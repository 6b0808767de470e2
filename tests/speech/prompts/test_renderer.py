"""Sounds that are made while a call waits: in time, once, and by the next voice where one hangs."""

from __future__ import annotations

import hashlib
import threading

import pytest

from ivr.engine.verbs import Gather, Say
from ivr.errors import VoiceFailed
from ivr.speech.prompts.cache import SoundCache
from ivr.speech.prompts.renderer import PromptRenderer, Wanted
from ivr.speech.prompts.voices import Voices
from tests.waiting import wait_until

from .conftest import Hum

BALANCE = Say("您的余额为三元整。")


def kinds(closing):
    return [type(prompt).__name__ for prompt in closing.prompts]


def test_a_hanging_voice_does_not_hold_up_another(prompts, voice):
    voice.stuck.clear()
    sound = Hum("sound")
    running = prompts("local", voices=(voice, sound), seconds=1.0)
    for number in range(4):
        assert kinds(running.ready(Gather((Say(f"第{number}笔。"),)))) == ["Play"]


def test_two_calls_that_want_the_same_words_render_them_once(prompts, voice):
    voice.stuck.clear()
    running = prompts("local")
    heard = []
    calls = [threading.Thread(target=lambda: heard.append(running.ready(Gather((BALANCE,))))) for _ in range(4)]
    for call in calls:
        call.start()
    wait_until(lambda: voice.said)
    voice.stuck.set()
    for call in calls:
        call.join()
    assert [kinds(one) for one in heard] == [["Play"]] * 4
    assert len(voice.said) <= 2


def test_too_much_to_render_goes_to_the_next_voice_at_once(prompts, voice):
    voice.stuck.clear()
    running = prompts("local", seconds=0.2)
    many = Gather(tuple(Say(f"第{number}笔。") for number in range(60)))
    assert kinds(running.ready(many)) == ["Say"] * 60


@pytest.fixture
def renderer(tmp_path):
    """Return a function that gives a renderer over voices, with a cache of its own."""
    made = []

    def make(*voices: Hum) -> PromptRenderer:
        made.append(
            PromptRenderer(Voices(voices), SoundCache(tmp_path / "kept"), lambda raw: hashlib.sha256(raw).hexdigest())
        )
        return made[-1]

    yield make
    for one in made:
        one.close()


WANT = Wanted("您好", "zh-CN", 1.0)


def test_what_was_made_once_is_kept(renderer, voice):
    running = renderer(voice)
    first = running.make([WANT, WANT], 30.0)
    assert (running.make([WANT], 30.0), voice.said) == (first, ["您好"])
    assert first[WANT].startswith(b"RIFF")


def test_a_voice_that_fails_leaves_the_words_to_the_next(renderer, voice):
    second = Hum("second")
    voice.broken = VoiceFailed("the engine died")
    assert list(renderer(voice, second).make([WANT], 30.0)) == [WANT]
    assert second.said == ["您好"]


def test_without_time_or_a_voice_nothing_is_made(renderer, voice):
    assert renderer(voice).make([WANT], 0.0) == {}
    assert renderer(Hum("english", languages="en")).make([WANT], 30.0) == {}
    assert voice.said == []


def test_each_voice_is_warmed_with_a_word_of_each_language(renderer, voice):
    renderer(voice).warm(["zh-CN", "en-US"])
    wait_until(lambda: len(voice.said) == 2)
