"""A question for which a turn has no time left is asked in the next one, and given up after a few."""

from __future__ import annotations

from ivr.engine.later_turn import MOST_LATER
from ivr.engine.verbs import Dial
from ivr.errors import LookupFailed
from tests.engine.fixtures import Bank

STEPS = """
  start: {menu: [{label: 余额, goto: balance}]}
  balance: {lookup: {from: bank.balance, as: account, on_error: gone}, next: tell}
  tell: {say: "余额{account.balance|amount}。", next: start}
  gone: {say: 没有回应。, next: start}
"""
LATER = LookupFailed("no time", later=True)


def test_the_caller_is_asked_to_wait_and_then_has_the_answer(phone):
    bank = Bank({"bank.balance": LATER})
    call = phone(STEPS, bank=bank).press("1")
    assert call.heard == "请稍等，正在为您查询。"
    bank.answers["bank.balance"] = {"balance": "5"}
    assert call.stay_silent().heard.startswith("余额五元整。")


def test_after_a_few_turns_it_is_an_error_and_key_0_leads_to_a_person_before(phone):
    call = phone(STEPS, bank=Bank({"bank.balance": LATER})).press("1")
    for _ in range(MOST_LATER - 1):
        assert call.stay_silent().heard == "请稍等，正在为您查询。"
    assert call.stay_silent().heard.startswith("没有回应。")
    assert isinstance(phone(STEPS, bank=Bank({"bank.balance": LATER})).press("1").press("0").closing, Dial)
