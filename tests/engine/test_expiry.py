"""A proof that has run out: nothing that was learnt by it is said, sent, compared or handed on before it is renewed."""

from __future__ import annotations

import pytest

from ivr.engine.inputs import Resumed
from ivr.engine.turn import IDENTITY_SECONDS
from ivr.engine.verbs import Dial

from .fixtures import Bank

STEPS = """
  start: {menu: [{label: 余额, goto: balance}, {label: 再听, goto: tell}, {label: 确认, goto: sure},
    {label: 发送, goto: send}, {label: 抄, goto: copy}, {label: 别处, goto: elsewhere}, {label: 比, goto: rich},
    {label: 验证码, goto: change}, {label: 人工, goto: talk}]}
  balance: {requires: L1, lookup: {from: bank.balance, as: account, on_error: bye}, next: tell}
  tell: {say: "余额{account.balance|amount}。", next: start}
  sure: {requires: L1, confirm: "余额{account.balance|amount}。", yes: bye, no: start}
  send: {sms: "余额{account.balance|amount}。", next: bye, on_error: not_sent}
  not_sent: {say: 没发。, next: start}
  copy: {set: {kept: account}, next: tell_copy}
  tell_copy: {say: "抄{kept.balance|amount}。", next: start}
  elsewhere: {flow: {run: other, with: {given: account}, as: back}, next: tell_back}
  tell_back: {say: "回{back.given.balance|amount}。", next: start}
  rich: {branch: [{when: account.balance > 1, goto: tell_rich}, {goto: start}]}
  tell_rich: {say: 有钱。, next: start}
  change: {requires: L2, say: 改。, next: start}
  talk: {transfer: general, next: start, otherwise: start}
"""
OTHER = """
flow: other
start: ask
agent: ask
parameters: [given]
returns: [given]
steps:
  ask: {menu: [{label: 说, goto: tell}, {label: 回, goto: return}]}
  tell: {say: "别{given.balance|amount}。", next: ask}
"""
MONEY = "五元整"


def bank() -> Bank:
    def verify(question):
        key = "C2" if question["pin"] == "246813" else "C1"
        return {"verified": True, "customer": key, "card": {"tail": "0128"}}

    return Bank(
        {
            "bank.caller": {"segment": "standard"},
            "bank.verify": verify,
            "bank.balance": {"balance": "5"},
            "bank.phone": {"number": "+8613800000001"},
            "identity.code": {"sealed": "otp.x", "expires": 9e9, "sent_to_tail": "0001"},
            "identity.check_code": {"verified": True},
            "sms.send": {"id": "1"},
        }
    )


@pytest.fixture
def verified(phone):
    call = phone(STEPS, bank=bank(), other=OTHER).press("1").press("0128").press("135790")
    assert MONEY in call.heard
    return call


def expired(call):
    call.now += IDENTITY_SECONDS + 1
    return call


@pytest.mark.parametrize("keys", ["2", "5", "7"])
def test_what_was_learnt_is_not_said_any_more(verified, keys):
    assert "元" not in expired(verified).press(keys).heard
    assert "有钱" not in verified.heard


def test_what_was_learnt_is_said_while_the_proof_holds(verified):
    for keys, heard in (("2", "余额五元"), ("5", "抄五元"), ("7", "有钱")):
        assert heard in verified.press(keys).heard


def test_it_is_said_again_to_the_same_customer_who_proves_it_anew_and_forgotten_for_any_other(verified):
    expired(verified).press("3").press("0128").press("135790")
    assert MONEY in verified.heard
    expired(verified).press("2")
    verified.press("3").press("0128").press("246813")
    assert verified.call.identity.customer == "C2"
    assert "元" not in verified.heard
    assert "account" not in verified.call.frame.values


def test_a_question_that_holds_it_is_not_repeated_before_the_proof_is_renewed(verified):
    assert MONEY in verified.press("3").heard
    assert (
        expired(verified).give(Resumed()).heard
        == "请输入您的银行卡号，以井号键结束。用登记的手机来电，可以只输最后四位数字。"
    )
    assert MONEY in verified.press("0128").press("135790").heard


def test_a_text_message_does_not_hold_it(verified):
    assert "没发。" in expired(verified).press("4").heard
    assert "sms.send" not in [source for source, _, _ in verified.bank.asked]


def test_a_flow_that_was_given_it_does_not_say_it_nor_give_it_back(verified):
    assert MONEY in verified.press("6").press("1").heard
    assert MONEY not in expired(verified).press("1").heard
    assert MONEY not in verified.press("2").heard


def test_what_a_flow_gave_back_needs_the_proof_too(verified):
    assert "回五元" in verified.press("6").press("2").heard
    assert verified.call.frame.proven == {"account": 1, "back": 1}


def test_a_code_alone_proves_nothing_when_the_pin_before_it_has_run_out(verified):
    assert verified.press("8").heard.startswith("验证码已经发到")
    asked_again = expired(verified).press("482916")
    assert asked_again.heard == "请输入您的银行卡号，以井号键结束。用登记的手机来电，可以只输最后四位数字。"
    assert asked_again.call.identity.level < 2
    assert "identity.check_code" not in [source for source, _, _ in verified.bank.asked]
    assert verified.press("0128").press("135790").heard.startswith("验证码已经发到")
    assert verified.press("482916").call.identity.level == 2


def test_whoever_wants_a_person_where_the_code_is_asked_for_gets_one_even_then(verified):
    verified.press("8")
    assert isinstance(expired(verified).press("0").closing, Dial)
