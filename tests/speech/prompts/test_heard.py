"""What callers hear on entering a step, with its length."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivr.flow.loader import load
from ivr.session.step_registry import catalogue
from ivr.speech.prompts.catalogue import sound_of
from ivr.speech.prompts.heard import hearing_with
from ivr.speech.prompts.index import PromptIndex, PromptPiece

ROOT = Path(__file__).parents[3]
RELEASE = load(ROOT / "flows", catalogue())


def test_a_menu_is_heard_as_a_call_speaks_it():
    flow = RELEASE.flows["main_menu"]
    heard = hearing_with()(flow, RELEASE.line, flow.steps["main"], "zh-CN")
    assert heard[0].words == "For English, press 8."
    assert heard[1].words.startswith("查询余额，请按1；最近交易，请按2")


def test_older_callers_hear_pauses_and_slower_speech():
    main, simple = RELEASE.flows["main_menu"], RELEASE.flows["elderly_simple"]
    slow = hearing_with()(simple, RELEASE.line, simple.steps["simple_menu"], "zh-CN")
    assert [text.pause for text in slow] == [0, 1, 1, 1]
    fast = hearing_with()(main, RELEASE.line, main.steps["goodbye"], "zh-CN")
    assert fast[0].seconds == pytest.approx(8 * 60 / 220)
    assert not fast[0].barge_in


def test_the_length_of_a_recording_goes_before_the_estimate(tmp_path):
    index = PromptIndex(tmp_path)
    words = "感谢您的来电，再见。"
    _, spoken, rate = sound_of(words, "zh-CN", 1.0)
    index.keep([PromptPiece("goodbye", "zh-CN", words, rate, "recording", "goodbye.wav", 9.5)])
    flow = RELEASE.flows["main_menu"]
    (heard,) = hearing_with(index)(flow, RELEASE.line, flow.steps["goodbye"], "zh-CN")
    assert heard.seconds == 9.5
    assert spoken
