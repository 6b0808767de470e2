"""Guessing PINs, and passing for a customer: A1 one account, A2 many, A3 many PINs in one string, A6 a shown number."""

from __future__ import annotations

import itertools
from dataclasses import replace
from unittest.mock import patch

from stdnum import luhn

from ivr.demo.bank.data import CUSTOMERS
from ivr.engine.inputs import Digits
from ivr.services.identity.caller_limits import Callers, NumberCharged
from ivr.services.identity.lockout import Accounts
from ivr.services.identity.spraying import SprayingWatch
from ivr.session.session import Session
from ivr.steps.verify import VerifyStep
from tests.attacks.hotline import VICTIM, Hotline, twin

DAY = 86_400.0
MOST_A_DAY = 5
PINS = [f"{number:06d}" for number in range(580_000, 581_000)]


def guess_one_account(hotline: Hotline) -> list[str]:
    """A1: guess all day from the victim's number, with a call for each guess and a restart now and then."""
    until = hotline.now + DAY - 1
    for number, pin in enumerate(PINS[:120]):
        hotline.call().press("1", VICTIM.card[-4:], pin).hang_up()
        hotline.now = min(until, hotline.now + 700.0)
        if number % 40 == 0:
            hotline.restart()
    checked = hotline.bank.checked()
    return [f"{checked} guesses were checked in a day"] if checked > MOST_A_DAY else []


def guess_in_one_string(hotline: Hotline) -> list[str]:
    """A3: type many PINs without a pause, at the prompt for one."""
    hotline.call().press("1", VICTIM.card[-4:], "".join(PINS[:20]) + VICTIM.pin)
    return [f"{hotline.bank.checked()} guesses of one string were checked"] if hotline.bank.checked() > 1 else []


def spray_from_one_number(hotline: Hotline) -> list[str]:
    """A2: try one PIN on every account, from one number, for an hour."""
    for number in range(60):
        card = f"621700000000{number:06d}"
        hotline.call("+8613900000099").press("1", card + luhn.calc_check_digit(card), "582915").hang_up()
    checked = hotline.bank.checked()
    return [f"{checked} accounts were tried from one number in an hour"] if checked > 10 else []


def pass_for_customer(hotline: Hotline) -> list[str]:
    """A6: show the victim's number, and press every pair of keys that a menu may have, without a PIN."""
    private = [f"{VICTIM.balance:,.2f}", "一万二千三百四十五", VICTIM.name, "零幺二八"]
    heard = []
    for keys in itertools.product("123456789", repeat=2):
        heard += [answer.body.decode() for answer in hotline.call().press(*keys).answers]
    asked = {source for source, _ in hotline.bank.asked} - {"bank.caller", "bank.account", "bank.branches"}
    return [*(word for word in private if any(word in document for document in heard)), *sorted(asked)]


def test_a_day_of_guesses_at_one_account_checks_five(hotline, shipped):
    assert guess_one_account(hotline) == []
    without_lock = patch.object(Accounts, "_refusal", lambda *_: None)
    with twin(without_lock, patch.object(Callers, "charge", lambda *_: NumberCharged(0, first=True))):
        assert guess_one_account(Hotline(shipped))


def test_many_pins_in_one_string_are_one_guess(hotline, shipped):
    assert guess_in_one_string(hotline) == []
    answer = Session.answer

    def typed_ahead(self, channel, incoming):
        """Take the rest of a string at the prompts that follow, as machines do that let callers type ahead."""
        keys = incoming.input.keys if isinstance(incoming.input, Digits) else ""
        document = b""
        for place, start in enumerate(range(0, len(keys), 6)):
            digits = replace(incoming.input, keys=keys[start : start + 6])
            turn, key = incoming.turn + place, f"{incoming.key} {place}"
            document = answer(self, channel, replace(incoming, input=digits, turn=turn, key=key))
        return document or answer(self, channel, incoming)

    with twin(patch.object(Session, "answer", typed_ahead)):
        assert guess_in_one_string(Hotline(shipped))


def test_one_number_cannot_try_account_after_account(hotline, shipped):
    assert spray_from_one_number(hotline) == []
    without_limit = patch.object(Callers, "charge", lambda *_: NumberCharged(0, first=True))
    with twin(without_limit, patch.object(SprayingWatch, "charge", lambda *_, **__: False)):
        assert spray_from_one_number(Hotline(shipped))


def test_a_shown_number_opens_nothing(hotline, shipped):
    assert pass_for_customer(hotline) == []

    def enter(self, turn):
        turn.verified(1, turn.caller.customer)
        return "next"

    with twin(patch.object(VerifyStep, "enter", enter)):
        assert pass_for_customer(Hotline(shipped))


def test_the_bank_has_other_customers_to_guess_at():
    assert len({customer.pin for customer in CUSTOMERS}) == len(CUSTOMERS)
