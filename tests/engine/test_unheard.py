"""When nobody can hear the caller any more: another way, then the keys, said once and never counted."""

from __future__ import annotations

import dataclasses

import pytest
from msgspec.structs import replace

from ivr.engine.engine import Engine
from ivr.engine.inputs import RecognizerFailed, Resumed
from ivr.engine.verbs import Gather

from .fixtures import Bank

MENU = """
  start:
    prompt: 请选择服务。
    menu:
      - {label: 余额, phrases: [还有多少钱], goto: one}
      - {label: 挂失, goto: two}
  one: {say: 这是一。, next: entry}
  two: {say: 这是二。, next: start}
  entry: {collect: pin, as: pin, next: bye}
"""
GLOBALS = 'globals:\n  - {key: "0", label: 人工服务, phrases: [人工], goto: agent}\n'
KEYS_ONLY = "暂时听不清您说的话，请用电话按键选择。"


@pytest.fixture
def call(phone):
    return phone(MENU, head=GLOBALS)


def test_our_own_recogniser_takes_over_without_a_word(call):
    call.give(RecognizerFailed("recording"))
    assert call.reply.closing.hearing.by == "recording"
    assert call.heard == "请选择服务。余额，请按1；挂失，请按2；人工服务，请按0。"
    assert call.call.errors == 0


def test_that_only_keys_are_left_is_said_once_and_holds_for_the_rest_of_the_call(call):
    call.give(RecognizerFailed("keys"))
    assert call.heard.startswith(KEYS_ONLY)
    assert call.reply.closing.hearing is None
    call.give(RecognizerFailed("keys"))
    assert KEYS_ONLY not in call.heard
    call.press("2")
    assert call.reply.closing.hearing is None
    assert call.call.errors == 0
    assert [event.kind for event in call.reply.events if event.kind == "unheard"] == []


def test_the_english_caller_hears_it_in_english(phone):
    call = phone(
        """
  start:
    prompt: {zh-CN: 请选择。, en-US: Please choose.}
    menu:
      - {label: {zh-CN: 余额, en-US: balance}, goto: bye}
""",
        head="language: en-US\n",
    )
    call.give(RecognizerFailed("keys"))
    assert call.heard.startswith("I can't hear you right now.")


def test_the_deployment_says_how_callers_are_heard_until_that_fails(call):
    services = dataclasses.replace(call.engine._services, input_mode=lambda language: "recording")
    call.engine = Engine(call.engine.release, services)
    call.give(Resumed())
    assert call.reply.closing.hearing.by == "recording"
    call.engine = Engine(call.engine.release, dataclasses.replace(services, input_mode=lambda language: "keys"))
    call.give(Resumed())
    assert call.reply.closing.hearing is None


def test_what_may_be_said_is_known_where_words_are_taken_and_only_there(call):
    hearing = call.engine.hears(call.call, call.now)
    assert hearing.language == "zh-CN"
    assert set(hearing.hints) >= {"余额", "还有多少钱", "挂失", "人工服务", "人工"}
    call.press("1")
    assert call.engine.hears(call.call, call.now) is None, "a PIN is never said"


def listening_here(call):
    """Let a call hear by our own recogniser, and ask again."""
    services = dataclasses.replace(call.engine._services, input_mode=lambda language: "recording")
    call.engine = Engine(call.engine.release, services)
    return call.give(Resumed())


def test_our_own_recogniser_expects_the_names_of_the_keys_on_offer_and_a_name_is_as_good_as_its_key(call):
    assert not {"一", "按一"} & set(call.closing.hearing.hints), "a carrier hears them anyhow"
    hints = listening_here(call).closing.hearing.hints
    assert {"一", "按一", "二", "零", "按零"} < set(hints)
    assert not {"三", "星号键"} & set(hints)
    assert call.speak("按二").heard.startswith("这是二。")


def test_names_of_keys_are_expected_in_the_callers_language_where_it_has_some(phone):
    menu = "\n  start:\n    menu:\n      - {label: {zh-CN: 余额, en-US: balance}, goto: bye}\n"
    english = listening_here(phone(menu, head="language: en-US\n"))
    assert {"one", "press one"} < set(english.closing.hearing.hints)
    call = listening_here(phone(MENU, head=GLOBALS))
    foreign = call.engine.hears(replace(call.call, language="ko-KR"), call.now)
    assert foreign.language == "ko-KR"
    assert "一" not in foreign.hints


def test_an_entry_is_never_recorded_not_even_when_one_key_of_it_is_left(phone):
    call = listening_here(phone("\n  start: {collect: digits, min: 4, max: 4, as: code, prompt: 请输入, next: bye}\n"))
    assert call.closing.hearing is None
    call.press("9*123")
    assert (call.closing.keys.most, call.closing.hearing) == (1, None)


def test_an_entry_of_one_key_may_be_said(phone):
    call = listening_here(phone("\n  start: {collect: digits, min: 1, max: 1, as: code, prompt: 几位, next: bye}\n"))
    assert {"三", "按三"} < set(call.closing.hearing.hints)
    assert call.speak("三").heard == "再见。"


def test_who_waits_for_a_person_is_not_recorded(phone):
    bank = Bank({"queue.enter": {"state": "wait", "position": 2, "due": True}})
    call = phone("\n  start: {transfer: general, otherwise: bye}\n", bank=bank)
    call = listening_here(call)
    assert isinstance(call.closing, Gather)
    assert call.closing.hearing is None
    assert call.engine.hears(call.call, call.now) is None
