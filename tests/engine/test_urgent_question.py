"""What gives priority over all others is asked for first, where it was hardly heard or is but a key on the way."""

from __future__ import annotations

import pytest

from ivr.engine.inputs import Digits, NoInput, Speech
from ivr.engine.verbs import Dial, Gather
from tests.engine.fixtures import Bank

MENU = "  start: {menu: [{label: 余额, goto: start}, {label: 挂失, goto: start}]}"
VERIFY = """
  start: {verify: L1, by: id, urgency: loss, next: bye}
"""
QUESTION = "您是不是遇到了诈骗？是，请按1；不是，请按2。"


def asked(phone):
    call = phone(MENU).give(Speech("我被骗了", 0.4))
    assert call.heard == QUESTION
    assert isinstance(call.closing, Gather)
    assert not call.call.facts.caller.get("risk")
    return call


@pytest.mark.parametrize("answer", [Digits("1"), Speech("是的", 0.8), Speech("对，我被骗了", 0.4)])
def test_a_fraud_that_was_hardly_heard_is_asked_for_and_a_yes_warns(phone, answer):
    call = asked(phone).give(answer)
    assert call.heard.startswith("请您不要转账")
    assert isinstance(call.closing, Dial)


@pytest.mark.parametrize("answer", [Digits("2"), Speech("不是", 0.8), NoInput()])
def test_without_a_yes_the_step_asks_its_own_question_again(phone, answer):
    call = asked(phone).give(answer)
    assert call.heard.startswith("余额，请按1")
    assert not call.call.facts.caller.get("risk")
    assert call.press("1").heard.startswith("余额，请按1"), "key 1 is the menu's again"


def test_a_fraud_that_was_clearly_heard_is_warned_of_at_once(phone):
    assert phone(MENU).give(Speech("我被骗了", 0.6)).heard.startswith("请您不要转账")
    assert phone(MENU).give(Speech("我被骗了", 0.0)).heard.startswith("请您不要转账"), "0 is no confidence at all"


def test_a_person_can_be_had_instead(phone):
    assert isinstance(asked(phone).press("0").closing, Dial)


@pytest.mark.parametrize(("key", "priority"), [("1", "loss"), ("2", "normal")])
def test_star_and_0_alone_make_nobody_as_urgent_as_who_has_lost_a_card(phone, key, priority):
    call = phone(VERIFY, bank=Bank({"bank.caller": {"segment": "standard"}})).press("*0")
    assert call.heard == "卡丢了，要马上锁卡，请按1；其他事情，请按2。"
    call.press(key)
    assert isinstance(call.closing, Dial)
    assert (call.call.facts.caller.get("priority") or "normal") == priority
