from __future__ import annotations

from datetime import datetime

import pytest
import urllib3

from ivr.demo.bank.serving import BackgroundBank

from .conftest import Client


def test_a_bill_is_money_as_text_with_the_day_it_is_due(client: Client) -> None:
    assert client.ask("credit_card", {"customer": "C0001"}) == {
        "has_card": True,
        "card": {"tail": "6613"},
        "bill": "2468.50",
        "minimum": "246.85",
        "due": "2026-11-25",
        "limit": "30000.00",
        "currency": "CNY",
    }


def test_who_has_no_credit_card_is_told_so_with_the_same_fields(client: Client) -> None:
    answer = client.ask("credit_card", {"customer": "C0004"})
    assert answer.pop("has_card") is False
    assert list(answer) == ["card", "bill", "minimum", "due", "limit", "currency"]
    assert set(answer.values()) == {None}


def test_a_bill_may_be_nought(client: Client) -> None:
    assert client.ask("credit_card", {"customer": "C0006"})["bill"] == "0.00"


@pytest.mark.parametrize(
    ("today", "due"),
    [
        ("2026-11-24", "2026-11-25"),
        ("2026-11-25", "2026-11-25"),
        ("2026-11-26", "2026-12-25"),
        ("2026-12-31", "2027-01-25"),
        ("2027-01-31", "2027-02-25"),
        ("2028-02-29", "2028-03-25"),
    ],
)
def test_a_bill_is_due_today_or_later(pool: urllib3.PoolManager, today: str, due: str) -> None:
    now = datetime.fromisoformat(f"{today}T00:30+08:00").timestamp()
    with BackgroundBank(clock=lambda: now) as bank:
        assert Client(bank.url, pool).ask("credit_card", {"customer": "C0001"})["due"] == due


def test_limits_tell_what_is_left_today(client: Client) -> None:
    assert client.ask("limits", {"customer": "C0002"}) == {
        "per_transfer": "500000.00",
        "per_day": "1000000.00",
        "used_today": "20000.00",
        "left_today": "980000.00",
        "currency": "CNY",
    }


@pytest.mark.parametrize("customer", [f"C000{n}" for n in range(1, 7)])
def test_there_are_four_pages_of_transactions_for_everybody(client: Client, customer: str) -> None:
    counts, offset = [], 0
    for more in (True, True, True, False):
        page = client.ask("transactions", {"customer": customer, "offset": offset})
        assert page["more"] is more
        assert page["next_offset"] == offset + page["count"]
        counts.append(page["count"])
        offset = page["next_offset"]
    assert counts[:3] == [3, 3, 3]
    assert counts[3] in (2, 3)
