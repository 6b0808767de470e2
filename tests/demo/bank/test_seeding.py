"""The bank's first day: everything is put back, the key of account names is kept, and an edit is noticed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest

from ivr.demo.bank import seeding
from ivr.demo.bank.data import BRANCHES, CUSTOMERS
from ivr.demo.bank.pins import CHEAP, opens
from ivr.demo.bank.seeding import edition, seed


@pytest.fixture
def book() -> Iterator[sqlite3.Connection]:
    db = sqlite3.connect(":memory:", isolation_level=None)
    seed(db, CHEAP)
    yield db
    db.close()


def count(db: sqlite3.Connection, table: str) -> int:
    return int(db.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def test_every_customer_branch_and_transaction_is_there(book: sqlite3.Connection) -> None:
    assert count(book, "customers") == len(CUSTOMERS)
    assert count(book, "branches") == len(BRANCHES)
    assert count(book, "transactions") == sum(len(customer.transactions) for customer in CUSTOMERS)
    assert count(book, "limits") == len(CUSTOMERS)


def test_money_is_kept_in_fen_and_no_card_or_pin_in_clear(book: sqlite3.Connection) -> None:
    first = CUSTOMERS[0]
    balance, pin = book.execute("SELECT balance, pin FROM customers WHERE customer = ?", (first.key,)).fetchone()
    assert balance == first.balance * 100
    assert opens(first.pin, pin)
    dump = "\n".join(book.iterdump())
    assert first.card not in dump
    assert first.id_number not in dump


def test_seeding_again_forgets_changes_and_keeps_the_key_of_account_names(book: sqlite3.Connection) -> None:
    key = book.execute("SELECT key FROM keys").fetchone()
    book.execute("UPDATE customers SET balance = 0")
    book.execute("INSERT INTO answers VALUES ('verify', 'k', 'q', '{}')")
    seed(book, CHEAP)
    assert book.execute("SELECT key FROM keys").fetchone() == key
    assert count(book, "answers") == 0
    assert book.execute("SELECT max(balance) FROM customers").fetchone()[0] > 0


def test_seeding_may_be_part_of_an_open_transaction(book: sqlite3.Connection) -> None:
    book.execute("BEGIN")
    seed(book, CHEAP)
    assert book.in_transaction
    book.execute("ROLLBACK")
    assert count(book, "customers") == len(CUSTOMERS)


def test_an_edit_of_the_data_or_another_cost_is_another_edition(monkeypatch: pytest.MonkeyPatch) -> None:
    before = edition(CHEAP)
    assert edition(CHEAP) == before != edition(64)
    assert 0 <= before < 2**31
    monkeypatch.setattr(seeding, "BRANCHES", BRANCHES[1:])
    assert edition(CHEAP) != before
