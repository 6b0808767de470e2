"""`collect: speech`: free words are kept, read back when unsure, and never stand in the way of a person."""

from __future__ import annotations

import pytest

from ivr.engine.inputs import Digits, NoInput, RecognizerFailed
from ivr.engine.verbs import Gather

STEPS = """
  start: {collect: speech, as: street, prompt: 请说出街道。, hints: [中山路, 人民路], next: done}
  done: {hangup: "您住在{street|text}。"}
"""
ALWAYS = STEPS.replace("as: street", "as: street, read_back: always")
NEVER = STEPS.replace("as: street", "as: street, read_back: never")
GLOBALS = "globals: [{key: '8', phrases: [主菜单], do: main_menu}]"


def test_what_was_said_is_kept_without_its_marks(phone):
    assert phone(STEPS).speak("中山路，三号。").heard == "您住在中山路，三号。"


def test_likely_words_are_hints_for_the_recogniser(phone):
    closing = phone(STEPS).closing
    assert isinstance(closing, Gather)
    assert closing.hearing is not None
    assert closing.hearing.hints[:2] == ("中山路", "人民路")


@pytest.mark.parametrize(
    ("steps", "confidence", "heard"), [(STEPS, 0.5, True), (NEVER, 0.5, False), (ALWAYS, 1.0, True)]
)
def test_an_answer_is_read_back_as_the_flow_wants(phone, steps, confidence, heard):
    call = phone(steps).speak("中山路", confidence)
    assert ("我听到的是" in call.heard) is heard


@pytest.mark.parametrize("yes", ["1", "是的", "对"])
def test_a_yes_accepts_what_was_read_back(phone, yes):
    call = phone(ALWAYS).speak("中山路")
    assert (call.press(yes) if yes == "1" else call.speak(yes)).heard == "您住在中山路。"


@pytest.mark.parametrize("no", ["2", "不对"])
def test_a_no_asks_again(phone, no):
    call = phone(ALWAYS).speak("中山路")
    assert (call.press(no) if no == "2" else call.speak(no)).heard == "请说出街道。"
    assert call.give(Digits("1")).step == "start"  # nothing is left that a yes could accept


def test_other_words_replace_what_was_read_back(phone):
    assert "人民路" in phone(ALWAYS).speak("中山路").speak("人民路").heard


def test_a_person_and_the_globals_of_the_flow_can_be_said(phone):
    assert phone(STEPS).speak("转人工").step == "agent"
    assert phone(STEPS, head=GLOBALS).speak("主菜单").step == "start"
    assert "street" not in phone(STEPS, head=GLOBALS).speak("主菜单").call.frame.values


def test_silence_and_long_speeches_are_asked_again_and_lead_to_a_person(phone):
    assert phone(STEPS).give(NoInput()).heard.startswith("还没有听到您说话。")
    call = phone(STEPS)
    for _ in range(3):
        call = call.speak("路" * 201)
    assert call.step == "agent"


def test_where_nobody_can_hear_the_call_goes_on_at_once(phone):
    assert phone(STEPS).give(RecognizerFailed("keys")).step == "agent"
