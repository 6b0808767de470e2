"""A try is charged before the bank checks it; account and PIN are never told apart; identity never fails open."""

from __future__ import annotations

import pytest

from ivr.errors import LookupFailed
from tests.engine.fixtures import Bank

RIGHT = {"verified": True, "customer": "C1", "card": {"tail": "0128"}}
CALLER = {"customer": "C1", "segment": "retail", "age": 40}


def proving(phone, **answers):
    return phone(
        "  start: {verify: L1, next: done}\n  done: {prompt: 已验证。, menu: [{key: '1', label: 查询, goto: agent}]}",
        bank=Bank({"bank.caller": CALLER, **{name.replace("_", ".", 1): answer for name, answer in answers.items()}}),
    )


def sources(call):
    return [source for source, _, _ in call.bank.asked]


def test_a_right_pin_proves_level_1_and_the_charge_comes_before_the_check(phone) -> None:
    call = proving(phone, bank_verify=RIGHT).press("0128").press("135790")
    assert (call.call.identity.level, call.call.identity.customer) == (1, "C1")
    asked = sources(call)
    assert asked.index("identity.charge") < asked.index("bank.verify") < asked.index("identity.passed")


def test_a_right_pin_forgets_the_call_s_failures_before_it(phone) -> None:
    call = proving(phone, bank_verify=RIGHT).stay_silent()
    assert call.call.errors == 1
    assert call.press("0128").press("135790").call.errors == 0


@pytest.mark.parametrize("answer", [{"verified": "yes", "customer": "C1"}, {"verified": True}, {"verified": None}, {}])
def test_an_answer_that_is_neither_yes_nor_no_is_no_wrong_pin(phone, answer) -> None:
    call = proving(phone, bank_verify=answer, identity_unanswered={}).press("0128").press("135790")
    assert call.call.identity.level == 0
    assert "identity.unanswered" in sources(call)
    assert "identity.passed" not in sources(call)
    assert call.step == "agent"


def test_while_accounts_are_guessed_at_the_bank_is_not_asked_before_a_code_was_right(phone) -> None:
    alarmed = {"allowed": True, "locked": False, "wait_s": 0, "left": 4, "step_up": True}
    code = {"sealed": "otp.x", "expires": 9e9, "sent_to_tail": "0001"}
    contact = {"number": "+8613800000001"}
    call = proving(phone, bank_verify=RIGHT, identity_charge=alarmed, bank_contact=contact, identity_code=code)
    call.press("0128").press("135790")
    assert "bank.verify" not in sources(call)
    assert sources(call)[-2:] == ["bank.contact", "identity.code"]
    assert (call.call.identity.level, call.step) == (0, "start")


def test_the_account_of_a_tail_is_named_with_the_tail_and_never_with_the_pin(phone) -> None:
    call = proving(phone, bank_verify=RIGHT).press("0128").press("135790")
    (named,) = [question for source, question, _ in call.bank.asked if source == "bank.account"]
    assert named == {"number": "+8613800000001", "card_tail": "0128"}
    charged = next(question for source, question, _ in call.bank.asked if source == "identity.charge")
    assert charged["by_tail"]


@pytest.mark.parametrize("answer", [{"verified": False}])
def test_an_answer_that_is_not_plainly_right_proves_nothing(phone, answer) -> None:
    call = proving(phone, bank_verify=answer).press("0128").press("135790")
    assert call.call.identity.level == 0
    assert call.call.tries["verify"] == 1
    assert "identity.passed" not in sources(call)


def test_three_wrong_tries_lead_to_a_person(phone) -> None:
    call = proving(phone, bank_verify={"verified": False}).press("0128")
    for place in (1, 2, 3):
        assert call.step == "start"
        call.press("135790")
        assert call.call.tries["verify"] == place
    assert call.step == "agent"
    assert call.call.identity.level == 0


def test_a_try_that_cannot_be_charged_is_not_checked(phone) -> None:
    call = proving(phone, bank_verify=RIGHT, identity_charge=LookupFailed("gone")).press("0128").press("135790")
    assert "bank.verify" not in sources(call)
    assert call.call.identity.level == 0


def test_a_refused_charge_is_not_checked_either(phone) -> None:
    refused = {"allowed": False, "locked": True, "wait_s": 0, "left": 0}
    call = proving(phone, bank_verify=RIGHT, identity_charge=refused).press("0128").press("135790")
    assert "bank.verify" not in sources(call)
    assert {"outcome": "held back"}.items() <= call.events("identity")[0].items()


def test_a_try_that_the_bank_does_not_answer_is_taken_back(phone) -> None:
    call = proving(phone, bank_verify=LookupFailed("too slow"), identity_unanswered={})
    call.press("0128").press("135790")
    assert "identity.unanswered" in sources(call)
    assert call.call.identity.level == 0


def test_a_failure_after_a_right_try_does_not_undo_it(phone) -> None:
    call = proving(phone, bank_verify=RIGHT, identity_passed=LookupFailed("gone")).press("0128").press("135790")
    assert call.call.identity.level == 1


def test_a_proved_customer_whom_the_bank_warns_of_is_at_risk(phone) -> None:
    call = proving(phone, bank_verify=RIGHT, identity_passed={"at_risk": True}).press("0128").press("135790")
    assert call.call.facts.values()["caller"]["risk"] is True


def test_no_journal_row_of_a_try_holds_what_was_typed(phone) -> None:
    call = proving(phone, bank_verify=RIGHT).press("0128").press("135790")
    assert "135790" not in str(call.reply.events)
