"""Words that ask for a person lead to one, unless they name something that is offered more exactly."""

from __future__ import annotations

import pytest

from ivr.engine.inputs import Speech
from ivr.engine.verbs import Dial

STEPS = """
  start:
    menu:
      - {label: 投诉进度, phrases: [反映…有没有人处理], goto: progress}
      - {label: 余额, goto: start}
  progress: {say: 正在处理。, next: start}
"""


@pytest.mark.parametrize("words", ["有没有人", "不要机器，转人工", "客服，余额"])
def test_a_person_is_reached_by_word(phone, words):
    assert isinstance(phone(STEPS).give(Speech(words, 0.2)).closing, Dial)


def test_a_longer_phrase_around_the_words_goes_before_them(phone):
    assert phone(STEPS).give(Speech("我上次反映的事情有没有人处理", 0.8)).heard.startswith("正在处理。")
