"""`collect: one_of`: an item of a list by name or number, with long lists by pages."""

from __future__ import annotations

import pytest

from ivr.engine.turn import Turn
from tests.engine.fixtures import Bank

STEPS = """
  start:
    collect: one_of
    items: [北京, 上海, {label: 西安, value: xian, phrases: [长安]}]
    as: city
    prompt: 哪个城市？
    next: done
  done: {hangup: "好的，{city|text}。"}
"""
LISTED = """
  start: {lookup: {from: bank.cities, as: cities, on_error: agent}, next: ask}
  ask: {collect: one_of, in: cities.items, as: city, prompt: 哪个城市？, next: done}
  done: {hangup: "好的，{city.name|text}{city.code|digits}。"}
"""
BOTH = """
  start:
    collect: one_of
    items: [{label: {zh-CN: 北京, en-US: Beijing}}, {label: {zh-CN: 上海, en-US: Shanghai}}]
    as: city
    prompt: {zh-CN: 哪个城市？, en-US: Which city?}
    next: done
  done: {hangup: {zh-CN: "好的，{city|text}。", en-US: "{city|text}."}}
"""


def cities(count: int) -> Bank:
    return Bank(
        {"bank.cities": {"items": [{"name": f"城{number}号", "code": f"{number:02}"} for number in range(count)]}}
    )


def test_the_items_are_read_with_their_numbers(phone):
    assert phone(STEPS).heard == "哪个城市？北京，请按1；上海，请按2；西安，请按3。"


@pytest.mark.parametrize(("said", "value"), [("上海", "上海"), ("西安", "xian"), ("长安", "xian"), ("第二个", "上海")])
def test_an_item_is_said_by_its_name_or_its_place(phone, said, value):
    assert phone(STEPS).speak(said).heard == f"好的，{value}。"


def test_an_item_is_chosen_by_its_number(phone):
    assert phone(STEPS).press("3").heard == "好的，xian。"


@pytest.mark.parametrize("keys", ["4", "9", "*"])
def test_a_key_without_an_item_is_no_match(phone, keys):
    call = phone(STEPS).press(keys)
    assert (call.step, call.call.errors) == ("start", 1)


def test_the_value_is_the_same_in_every_language(phone):
    call = phone(BOTH, head="globals: [{key: '8', do: language}]").press("8")
    assert "For Shanghai, press 2" in call.heard
    assert call.press("2").heard == "上海."


def test_the_item_of_a_lookup_is_kept_whole(phone):
    assert phone(LISTED, bank=cities(3)).press("2").heard == "好的，城1号零幺。"


def test_nine_items_are_one_page_and_more_are_several(phone):
    assert "城8号，请按9" in phone(LISTED, bank=cities(9)).heard
    call = phone(LISTED, bank=cities(12))
    assert "城7号，请按8；更多选项，请按9" in call.heard
    assert "城8号，请按1" in call.press("9").heard
    assert call.press("4").heard == "好的，城11号幺幺。"


def test_after_the_last_page_comes_the_first(phone):
    call = phone(LISTED, bank=cities(12)).press("9").speak("更多")
    assert "城0号，请按1" in call.heard


def test_a_name_of_another_page_is_understood(phone):
    assert phone(LISTED, bank=cities(12)).speak("城10号").step == "done"


@pytest.mark.parametrize("items", [[], None, "x", [{"other": "y"}], [7]])
def test_an_empty_list_leads_to_a_person(phone, items):
    assert phone(LISTED, bank=Bank({"bank.cities": {"items": items}})).step == "agent"


def test_labels_are_composed_once_a_turn_and_again_when_a_value_has_changed(phone, monkeypatch):
    composed, words = [], Turn.words
    monkeypatch.setattr(Turn, "words", lambda turn, text, **more: composed.append(text) or words(turn, text, **more))
    steps = """
  start: {set: {n: "1"}, next: ask}
  ask: {collect: one_of, items: ["{n|number}号"], as: it, prompt: 哪个？, next: again}
  again: {set: {n: "2"}, next: ask}
"""
    call = phone(steps)
    assert "一号，请按1" in call.heard
    assert [text.by_language["zh-CN"].fixed for text in composed] == [None, "哪个？"]
    composed.clear()
    assert "二号，请按1" in call.press("1").heard
    # The old label takes the key; the step is asked again with the new one.
    assert [text.by_language["zh-CN"].fixed for text in composed] == [None, None, "哪个？"]
