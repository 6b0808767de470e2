"""The step `say`: values as their kinds, lists item by item, twice for older callers, slowly what is written down."""

from __future__ import annotations

import pytest

from ivr.engine.verbs import Say
from tests.engine.fixtures import Bank

STEPS = """
  start: {say: 您好。, next: number}
  number: {say: 编号是幺二三。, slowly: yes, next: bye}
"""


def rates(call):
    return [prompt.rate for prompt in call.closing.prompts if isinstance(prompt, Say)]


def test_a_text_can_be_spoken_slowly(phone):
    assert rates(phone(STEPS)) == [1.0, 0.85, 1.0]


def test_slowly_is_slower_still_for_older_callers(phone):
    assert rates(phone(STEPS, head="profile: elderly")) == [0.75, 0.64, 0.75]


def test_values_are_spoken_as_their_kinds(phone):
    bank = Bank({"bank.balance": {"balance": "12345.67", "card": {"tail": "0128"}}})
    steps = """
  start: {lookup: {from: bank.balance, as: account, on_error: bye}, next: tell}
  tell: {say: "尾号{account.card.tail|card_tail}，余额{account.balance|amount}。", next: bye}
"""
    assert phone(steps, bank=bank).heard == "尾号零幺二八，余额一万二千三百四十五元六角七分。再见。"


def test_a_missing_value_leaves_no_hole_in_a_sentence(phone):
    steps = """
  start: {lookup: {from: bank.balance, as: account, on_error: bye}, next: tell}
  tell: {say: "余额{account.nothing|amount}{account.balance|amount}。", next: bye}
"""
    assert (
        phone(steps, bank=Bank({"bank.balance": {"balance": "12.00"}})).heard
        == "这项内容暂时读不出来，人工可以为您查询。再见。"
    )


@pytest.mark.parametrize("balance", ["lots", [], {}, True, "NaN"])
def test_a_sentence_whose_value_cannot_be_read_is_replaced_not_spoken_with_a_hole(phone, balance):
    steps = """
  start: {lookup: {from: bank.balance, as: account, on_error: bye}, next: tell}
  tell: {say: "余额{account.balance|amount}。", next: bye}
"""
    call = phone(steps, bank=Bank({"bank.balance": {"balance": balance}}))
    assert call.heard == "这项内容暂时读不出来，人工可以为您查询。再见。"
    assert call.events("unreadable")


def test_a_say_over_a_list_speaks_each_item_up_to_the_limit(phone):
    bank = Bank({"bank.list": {"items": [{"n": n} for n in (3, 2, 1)]}})
    steps = """
  start: {lookup: {from: bank.list, as: found, on_error: bye}, next: tell}
  tell: {say: "{item.n|number}，", each: found.items, most: 2, next: bye}
"""
    assert phone(steps, bank=bank).heard == "三，二，再见。"


def test_elderly_callers_hear_values_twice_and_plain_sentences_once(phone):
    steps = """
  start: {set: {n: 5}, next: tell}
  tell: {say: "一共{n|number}。", next: plain}
  plain: {say: 完了。, next: bye}
"""
    assert phone(steps, head="profile: elderly").heard == "一共五。一共五。完了。再见。"
