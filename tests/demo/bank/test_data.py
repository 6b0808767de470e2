from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from stdnum import luhn

from ivr.demo import bank as demo_bank
from ivr.demo.bank.data import BRANCHES, CUSTOMERS, Customer
from ivr.demo.bank.endpoints import ENDPOINTS
from ivr.demo.bank.pins import is_weak

PROMISED = """
+8613800000001 张伟 standard 1988-03-07 110101198803071018 6217000000001000128 135790 12345.67
+8613800000002 李娜 vip 1979-09-15 31010119790915202X 6217000000002000242 246813 1888000.00
+8613800000003 王秀英 standard 1954-06-21 510107195406213034 6217000000003000365 975310 3200.05
+8613800000004 陈静 standard 1990-01-01 440305199001014043 6217000000004000489 864209 0.00
+8613800000005 刘德福 vip 1957-08-08 110101195708085055 6217000000005000504 112358 560000.00
+8613800000006 赵敏 corporate 1985-06-12 320106198506126069 6217000000006000628 314159 99000000.00
"""
each_customer = pytest.mark.parametrize("customer", CUSTOMERS, ids=lambda customer: customer.key)


def test_the_customers_are_the_promised_ones() -> None:
    held = [
        " ".join((c.number, c.name, c.segment, c.born, c.id_number, c.card, c.pin, str(c.balance))) for c in CUSTOMERS
    ]
    assert held == PROMISED.split("\n")[1:-1]


def test_only_chen_jing_has_lost_her_card() -> None:
    assert [customer.name for customer in CUSTOMERS if customer.lost] == ["陈静"]


@each_customer
def test_the_card_has_a_right_check_digit_and_the_identity_number_the_day_of_birth(customer: Customer) -> None:
    assert luhn.is_valid(customer.card)
    assert customer.id_number[6:14] == customer.born.replace("-", "")


@each_customer
def test_transactions_are_enough_in_order_and_never_overdraw(customer: Customer) -> None:
    booked = customer.transactions
    assert len(booked) >= 11
    assert [one.days_ago for one in booked] == sorted(one.days_ago for one in booked)
    before = customer.balance
    for one in booked:
        before -= one.amount
        assert before >= Decimal(0)


def test_the_newest_three_transactions_stay_what_conversations_expect() -> None:
    newest = [[str(booked.amount) for booked in customer.transactions[:3]] for customer in CUSTOMERS]
    assert newest == [
        ["-36.50", "-128.00", "8600.00"],
        ["-2680.00", "500000.00", "-23450.80"],
        ["-86.40", "2286.50", "-1000.00"],
        ["-1520.00", "-200.00", "-45.60"],
        ["-865.30", "9850.00", "50000.00"],
        ["3200000.00", "-1865400.00", "-742318.56"],
    ]


def test_only_chen_jing_has_no_credit_card() -> None:
    assert [customer.name for customer in CUSTOMERS if not customer.credit_card] == ["陈静"]


@each_customer
def test_bills_and_limits_make_sense(customer: Customer) -> None:
    if card := customer.credit_card:
        assert Decimal(0) <= card.minimum <= card.bill <= card.limit
        assert 1 <= card.due_day <= 28
        assert card.tail != customer.card[-4:]
    limits = customer.limits
    assert Decimal(0) <= limits.used_today <= limits.per_day
    assert limits.per_transfer <= limits.per_day


@each_customer
def test_nobody_has_a_weak_pin(customer: Customer) -> None:
    tails = (customer.card[-4:], customer.id_number[-4:], customer.number[-4:])
    assert not is_weak(customer.pin, born=customer.born, tails=tails)


@each_customer
def test_secrets_do_not_show_in_a_customers_repr(customer: Customer) -> None:
    for secret in (customer.pin, customer.card, customer.id_number):
        assert secret not in repr(customer)


def test_branches_are_in_the_three_cities_and_their_numbers_cannot_exist() -> None:
    assert {branch.city for branch in BRANCHES} == {"北京", "上海", "合肥"}
    for branch in BRANCHES:
        assert branch.phone.startswith(branch.area_code + "0")


def test_every_question_is_in_the_readme() -> None:
    text = (Path(demo_bank.__file__).parent / "README.md").read_text()
    assert not [name for name in ENDPOINTS if f"| `{name}` |" not in text]
