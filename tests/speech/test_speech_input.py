"""How a deployment hears: the order of recognisers, what operators are told, and each outcome as a turn takes it."""

from __future__ import annotations

import threading
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from ivr.app import build
from ivr.engine.call import Call, Frame
from ivr.engine.input_step import InputStep
from ivr.engine.inputs import Digits, HungUp, NoInput, RecognizerFailed, Recorded, Speech
from ivr.engine.release_cache import ReleaseCache
from ivr.engine.turn import Services, Turn
from ivr.engine.verbs import Hearing
from ivr.errors import NoRecording
from ivr.flow.loader import load
from ivr.flow.reach import ChoiceReach
from ivr.session.step_registry import catalogue
from ivr.settings import Settings
from ivr.speech.asr import Expected, Nothing, RecognizedPhrase, Recognizer
from ivr.speech.audio import Audio, write_wav
from ivr.speech.itn import inverse_normalize
from ivr.speech.phrases import understand
from ivr.speech.sounds import readings
from ivr.speech.speech_input import SpeechInput

FLOWS = Path(__file__).parents[2] / "flows"
HEARING = Hearing("zh-CN", ("余额", "挂失"), "recording")
SAID = Recorded("https://api.example/RE1", 2.0)


def loud() -> bytes:
    """Make sound that passes for speech: syllables of many tones."""
    time_ = np.arange(8000) / 8000
    syllables = np.maximum(0, np.sin(2 * np.pi * 3 * time_)) ** 2
    gliding = sum(np.sin(2 * np.pi * (130 + 40 * time_) * n * time_) / n for n in range(1, 20))
    return write_wav(Audio((gliding * syllables / 4 * 12000).astype(np.int16)))


class Shelf:
    """Recordings that are there, or a fault."""

    def __init__(self, content: bytes | Exception) -> None:
        self.content = content
        self.forgotten: list[str] = []

    def fetch(self, url: str, seconds: float) -> bytes:
        if isinstance(self.content, Exception):
            raise self.content
        return self.content

    def forget(self, url: str) -> None:
        self.forgotten.append(url)


class Listener(Recognizer):
    """Hears what it was told to, in the languages it knows."""

    kind = "listener"

    def __init__(self, found=Nothing("unclear"), *languages: str) -> None:  # noqa: B008
        self.found, self.languages = found, languages or ("zh-CN",)
        self.prepared: list[str] = []
        self.expected: list[Expected] = []

    @classmethod
    def open(cls, folders):
        return cls()

    def why_not(self, language):
        return None if language in self.languages else f"no model for {language}"

    def prepare(self, language):
        self.prepared.append(language)

    def listen(self, audio, expecting, deadline):
        self.expected.append(expecting)
        return self.found

    def unknown_words(self, expecting):
        return {phrase: ("x",) for phrase in expecting.phrases if "余额" in phrase}


def ears(choice: str = "local", *listeners: Recognizer, content: bytes | Exception = b"") -> SpeechInput:
    return SpeechInput(choice, lambda: listeners, Shelf(content), deadline=5.0)


def test_the_setting_decides_and_a_missing_model_leaves_the_keys():
    listener = Listener()
    assert ears("cloud", listener).input_mode("zh-CN") == "carrier"
    assert ears("none", listener).input_mode("zh-CN") == "keys"
    assert listener.prepared == []
    assert ears("local", listener).input_mode("zh-CN") == "recording"
    assert listener.prepared == ["zh-CN"]
    assert ears("local", listener).input_mode("en-US") == "keys"
    assert ears("local").input_mode("zh-CN") == "keys"


def test_each_way_that_fails_is_followed_by_the_next():
    both = ears("cloud", Listener())
    assert both.after("", "zh-CN") == "recording"
    assert both.after("recording", "zh-CN") == "keys"
    assert both.after("", "en-US") == "keys"
    assert ears("local", Listener()).after("", "zh-CN") == "keys"


def test_a_key_or_a_hang_up_needs_no_recording():
    mine = ears(content=AssertionError("nothing is to be fetched"))
    assert mine.hear(Recorded("u", 1.0, "5"), HEARING) == Digits("5")
    assert mine.hear(Recorded("u", 1.0, "", left=True), HEARING) == HungUp()


@pytest.mark.parametrize(
    ("found", "given"),
    [
        (RecognizedPhrase("余额", 0.8, 0.5), Speech("余额", 0.8)),
        (Nothing("unclear"), Speech("", 0.0)),
        (Nothing("late"), RecognizerFailed("keys")),
        (Nothing("broken"), RecognizerFailed("keys")),
    ],
)
def test_what_a_recogniser_finds_is_what_the_turn_gets(found, given):
    listener = Listener(found)
    assert ears("local", listener, content=loud()).hear(SAID, HEARING) == given
    assert listener.expected == [Expected("zh-CN", ("余额", "挂失"))]


def test_the_recogniser_is_not_asked_when_nobody_spoke():
    listener = Listener(RecognizedPhrase("余额", 1.0, 1.0))
    assert ears("local", listener, content=write_wav(Audio(np.zeros(8000, np.int16)))).hear(SAID, HEARING) == NoInput()
    assert listener.expected == []


@pytest.mark.parametrize("content", [NoRecording("late"), b"", b"<html>", loud()[:20]])
def test_what_cannot_be_fetched_or_read_leaves_the_keys(content):
    assert ears("local", Listener(), content=content).hear(SAID, HEARING) == RecognizerFailed("keys")


def test_a_file_that_was_cut_off_is_heard_as_far_as_it_goes():
    assert ears("local", Listener(), content=loud()[:-4000]).hear(SAID, HEARING) == Speech("", 0.0)


def test_a_fetch_that_hangs_never_holds_a_turn_past_its_deadline():
    answered = threading.Event()

    class Hanging(Shelf):
        def fetch(self, url, seconds):
            answered.wait()
            return b""

    mine = SpeechInput("local", lambda: [Listener()], Hanging(b""), deadline=0.05)
    assert mine.hear(SAID, HEARING) == RecognizerFailed("keys")
    answered.set()  # the turn went on while the fetch hung


def test_a_server_that_hears_begins_to_load_at_once_and_one_that_does_not_loads_nothing():
    release = load(FLOWS, catalogue())
    listener = Listener(Nothing("unclear"), "zh-CN", "en-US")
    ears("cloud", listener).warm(release)
    assert listener.prepared == []
    ears("local", listener).warm(release)
    assert listener.prepared == ["en-US", "zh-CN"]


def test_the_sounds_of_what_can_be_said_are_known_before_the_first_answer():
    release = load(FLOWS, catalogue())
    for choice, least in (("none", 0), ("cloud", 100)):
        readings.cache_clear()
        ears(choice).warm(release)
        assert readings.cache_info().currsize >= least
        assert bool(readings.cache_info().currsize) == bool(least)


def test_operators_are_told_of_languages_and_phrases_that_cannot_be_heard():
    ivr = build(Settings(store="memory:", flows=FLOWS, asr="local"))
    ivr.session.speech_input = ears("local", Listener(Nothing("unclear"), "zh-CN"))
    assert ("hearing en-US", "no model for en-US") in ivr.degraded()
    assert not [name for name, _ in ivr.degraded() if name == "hearing zh-CN"]
    sentences = ivr.session.speech_input.unknown_words(ivr.release)
    assert (
        'zh-CN: "查询余额" cannot be recognised: the model does not know x; give the choice another phrase' in sentences
    )
    ivr.session.speech_input = ears("cloud")
    assert not [name for name, _ in ivr.degraded() if name.startswith("hearing")]
    ivr.store.close()


def test_every_phrase_that_the_shipped_steps_expect_is_understood_where_it_is_expected():
    release = load(FLOWS, catalogue())
    reach, cache = ChoiceReach(release.flows), ReleaseCache()

    def aloud(value, kind, argument, language):
        return str(value)

    services = Services(aloud, inverse_normalize, understand, aloud, input_mode=lambda language: "recording")
    asked, missed = 0, []
    for flow in release.flows.values():
        steps = [step for step in flow.steps.values() if isinstance(step, InputStep)]
        for step, language in product(steps, flow.languages):
            frames = (Frame(flow.name, step.name),)
            call = Call("CA1", release.version, language, "+8613800000001", "95588", 0.0, frames)
            hearing = step.hearing(Turn(call, flow, release.line, services, 0.0, reach=reach))
            for phrase in hearing.hints if hearing else ():
                turn = Turn(call, flow, release.line, services, 0.0, reach=reach, release_cache=cache)
                step.answer(turn, Speech(phrase, 1.0))
                asked += 1
                missed += [(step.name, phrase) for event in turn.events if event.kind == "no_match"]
    assert asked > 500
    assert missed == []
