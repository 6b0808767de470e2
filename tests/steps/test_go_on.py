"""The step `go_on`: an offer that tells nothing, two keys or words, services by name, and a language."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from ivr.engine.call import Frame
from ivr.engine.dropped_call import DroppedPlace
from tests.engine.fixtures import Bank

FLOW = """
  start: {go_on: {zh-CN: 断了。, en-US: Cut off.}, next: main}
  main:
    menu:
      - {label: {zh-CN: 账单, en-US: the bill}, goto: bill, reason: bill}
      - {label: {zh-CN: 城市, en-US: a city}, goto: city}
  bill: {say: {zh-CN: 账单十元。, en-US: Ten yuan.}, next: main}
  city: {collect: digits, as: code, prompt: {zh-CN: 区号？, en-US: Area code?}, next: main}
"""


def bank(language: str = "zh-CN", step: str = "city") -> Bank:
    """Return services that have kept one call."""
    place = DroppedPlace("CA0", "?", language, (("test", step),), bare=True, reason="bill", path=("城市",))
    frames = (Frame("test", step),)
    answers: dict[str, Any] = {
        "dropped.find": {"place": msgspec.json.encode(place).decode()},
        "dropped.take": {"frames": msgspec.json.encode(frames).decode()},
        "dropped.forget": {},
        "memory.keep": {},
    }
    return Bank(answers)


def test_a_caller_who_was_not_cut_off_hears_nothing_of_it(phone) -> None:
    assert phone(FLOW).heard.startswith("账单，请按1")


def test_the_offer_says_what_the_editor_wrote_and_two_keys(phone) -> None:
    call = phone(FLOW, bank=bank())
    assert call.heard == "断了。接着办，请按1；从头开始，请按2。"
    assert call.events("go_on") == [{"flow": "test", "step": "start", "outcome": "offered", "earlier": "CA0"}]


@pytest.mark.parametrize("answer", ["1", "接着办", "好的", "继续"])
def test_a_yes_leads_to_the_step_with_reason_and_path(phone, answer: str) -> None:
    call = phone(FLOW, bank=bank())
    call = call.press(answer) if answer.isdigit() else call.speak(answer)
    assert (call.step, call.heard) == ("city", "区号？")
    assert (call.call.facts.reason, call.call.path) == ("bill", ("城市",))


@pytest.mark.parametrize("answer", ["2", "从头开始", "不要"])
def test_a_no_goes_on_and_is_remembered(phone, answer: str) -> None:
    call = phone(FLOW, bank=bank())
    call = call.press(answer) if answer.isdigit() else call.speak(answer)
    assert call.step == "main"
    assert "dropped.forget" in [source for source, _, _ in call.bank.asked]


def test_who_names_a_service_instead_hears_it(phone) -> None:
    call = phone(FLOW, bank=bank()).speak("我要查账单")
    assert call.heard.startswith("账单十元。")
    assert "dropped.forget" in [source for source, _, _ in call.bank.asked]


def test_the_offer_is_made_in_the_language_of_the_earlier_call(phone) -> None:
    call = phone(FLOW, head="language: zh-CN", bank=bank("en-US"))
    assert call.heard == "Cut off.To go on where we stopped, press 1; To start again, press 2."
    assert call.press("1").heard == "Area code?"


def test_a_person_is_one_key_away_and_silence_asks_again(phone) -> None:
    call = phone(FLOW, bank=bank())
    assert call.press("7").heard.startswith("请再选一次。断了。")
    assert call.press("0").step == "agent"


def test_a_place_that_is_gone_by_now_lets_the_call_begin_as_usual(phone) -> None:
    call = phone(FLOW, bank=bank())
    del call.bank.answers["dropped.find"]
    assert call.press("1").step == "main"
