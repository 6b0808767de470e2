"""A back end that fails, or knows nothing, in the middle of a call: every service has its own words and a way on."""

from __future__ import annotations

import re

import pytest

from ivr.carrier.twiml import Dial, Gather
from ivr.errors import LookupFailed

from .conftest import Leg

GONE, MISSING = LookupFailed("gone"), LookupFailed("no such thing", missing=True)
PROOF = ["0128", "135790"]
BALANCE, TRANSACTIONS, LOSS = ["1", *PROOF], ["2", *PROOF], ["3", "1018", "135790", "1"]
BILL, LIMITS, PIN = ["5", "1", *PROOF], ["5", "2", *PROOF], ["5", "3", *PROOF, "code", "804926", "804926"]
NO_ANSWER = "查询系统暂时没有回应。找人工，请按0；也可以选择其他服务。"
BY_PERSON = "这项服务需要人工为您核对资料。"


@pytest.fixture
def ring_with(machine, ring):
    """Return a way to make a call in which one question is answered otherwise."""

    def call(keys, source, answer):
        leg = ring()
        leg.machine = machine.with_answers({source: answer})
        leg.arrive("main_menu")
        for key in keys:
            texts = "".join(machine.ivr.texts_sent()[-1:])
            leg.act(Digits=re.findall(r"\d{6}", texts)[0] if key == "code" else key)
        return leg

    return call


@pytest.mark.parametrize(
    ("keys", "source", "answer", "words", "step"),
    [
        (BALANCE, "bank.balance", GONE, NO_ANSWER, "main"),
        (TRANSACTIONS, "bank.transactions", GONE, NO_ANSWER, "main"),
        (TRANSACTIONS, "bank.transactions", {"count": 0, "items": [], "more": False}, "最近没有交易", "main"),
        (LIMITS, "bank.limits", GONE, NO_ANSWER, "main"),
        (BILL, "bank.credit_card", GONE, NO_ANSWER, "more"),
        (PIN, "bank.change_pin", GONE, "查询系统暂时没有回应，密码还是原来的。", "more"),
        (PIN, "identity.weak", GONE, "密码改好了", "after_change"),
        (PIN, "bank.change_pin", {"changed": False, "reason": "weak"}, "容易被猜到。 请输入新的查询密码。", "ask_new"),
        ([*BALANCE, "3"], "sms.send", GONE, "短信没有发出去，您可以再听一遍余额。", "after_balance"),
        ([*TRANSACTIONS, "3"], "sms.send", GONE, "短信没有发出去，您可以再听一遍交易。", "after_page"),
        ([*LIMITS, "2"], "sms.send", GONE, "短信没有发出去，您可以再听一遍额度。", "after_limits"),
        ([*BILL, "2"], "sms.send", GONE, "短信没有发出去，您可以再听一遍账单。", "after_bill"),
        (LOSS, "sms.send", GONE, "短信没有发出去，请您记下编号。", "after_loss"),
        (["6"], "memory.keep", GONE, "现在为您接通人工", "welcome"),
    ],
)
def test_a_fault_has_words_of_its_own_and_the_call_goes_on(ring_with, keys, source, answer, words, step):
    leg = ring_with(keys, source, answer)
    assert words in leg.words
    assert leg.machine.ivr.session.facts(leg.sid)["step"] == step
    assert isinstance(leg.waiting, Gather)


@pytest.mark.parametrize(
    ("keys", "source", "answer", "words"),
    [
        (BALANCE, "bank.balance", MISSING, BY_PERSON),
        (TRANSACTIONS, "bank.transactions", MISSING, BY_PERSON),
        (LIMITS, "bank.limits", MISSING, BY_PERSON),
        (BILL, "bank.credit_card", MISSING, BY_PERSON),
        (PIN, "bank.change_pin", MISSING, BY_PERSON),
        (LOSS[:3], "bank.balance", MISSING, BY_PERSON),
        (LOSS[:3], "bank.balance", GONE, "查询系统暂时没有回应，由人工为您挂失。"),
        (LOSS, "bank.report_loss", GONE, "查询系统暂时没有回应，由人工为您挂失。"),
    ],
)
def test_what_only_a_person_can_put_right_leads_to_one(ring_with, keys, source, answer, words):
    leg = ring_with(keys, source, answer)
    assert words in leg.words
    assert isinstance(leg.waiting, Dial)


def test_a_door_that_remembers_nothing_still_opens(ring_with):
    assert "欢迎致电" in ring_with([], "memory.recall", GONE).words


def test_the_old_pin_no_longer_opens_the_account_and_the_new_one_does(ring_with, machine):
    ring_with(PIN, "none", GONE)
    for pin, words in (("135790", "信息没有核对上"), ("804926", "六角七分")):
        leg = Leg(machine, "+8613800000001")
        leg.arrive("main_menu")
        for keys in ("1", "0128", pin):
            leg.act(Digits=keys)
        assert words in leg.words
