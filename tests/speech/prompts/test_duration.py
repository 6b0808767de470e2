"""How long texts take, and what is no speech."""

from __future__ import annotations

import pytest

from ivr.speech.audio import silence
from ivr.speech.prompts.duration import (
    LEAD,
    TAIL,
    characters_and_words,
    empty,
    length_fault,
    seconds_at,
    seconds_of,
    wav_of,
)

from .conftest import hum


def test_the_bounds_of_a_length_go_by_rate():
    text = "请输入您银行卡的最后四位数字。"
    assert not length_fault(text, 1.0, 4.5)
    assert length_fault(text, 1.0, 1.5)
    assert length_fault(text, 1.0, 12.0)
    assert not length_fault(text, 0.64, 8.0)


def test_characters_and_words_are_counted_apart():
    assert characters_and_words("请按1，或者 say yes, don't") == (4, 4)


def test_slow_speech_takes_longer_in_step():
    assert seconds_at("您好您好", (240, 150), 0.5) == pytest.approx(2 * seconds_at("您好您好", (240, 150), 1.0))


def test_a_fault_says_what_the_text_takes():
    assert length_fault("您好", 1.0, 9.0) == "9.0 s, and this text takes 0.0 to 1.7 s"


def test_silence_and_a_click_are_no_speech():
    assert empty(silence(2.0), "您好")
    assert empty(hum(0.05), "您好您好")
    assert not empty(hum(0.5), "您好")


def test_a_file_is_as_long_as_its_sound_with_silence_at_both_ends():
    assert seconds_of(wav_of(hum(1.0))) == pytest.approx(1.0 + LEAD + TAIL, abs=0.001)
    assert seconds_of(b"no file") == 0.0
