from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from ivr.demo.bank import seeding
from ivr.demo.bank.data import CUSTOMERS
from ivr.demo.bank.pins import CHEAP
from ivr.demo.bank.store import BankStore


def test_the_folder_is_made_and_the_book_filled(tmp_path: Path) -> None:
    store = BankStore(tmp_path / "a" / "b" / "bank.db", pin_cost=CHEAP)
    with store.reading() as db:
        assert db.execute("SELECT count(*) FROM customers").fetchone()[0] == 6
        assert db.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    store.close()


def test_an_old_book_is_kept_and_filled_anew_only_when_the_data_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "bank.db"
    assert _lost(path, "00000000") == "00000000"
    assert _lost(path) == "00000000"
    monkeypatch.setattr(seeding, "CUSTOMERS", CUSTOMERS[:3])
    assert _lost(path) is None


def test_what_was_written_before_a_fault_is_taken_back(tmp_path: Path) -> None:
    store = BankStore(tmp_path / "bank.db", pin_cost=CHEAP)
    with pytest.raises(sqlite3.IntegrityError):
        _write(store, "DELETE FROM transactions", "UPDATE customers SET number = '1'")
    with store.reading() as db:
        assert db.execute("SELECT count(*) FROM transactions").fetchone()[0] > 60
    store.close()


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a database\n" * 99)
    with pytest.raises(sqlite3.DatabaseError):
        BankStore(path, pin_cost=CHEAP)
    assert path.read_text() == "not a database\n" * 99


def _lost(path: Path, put: str | None = None) -> str | None:
    store = BankStore(path, pin_cost=CHEAP)
    with store.reading() as db:
        if put:
            db.execute("UPDATE customers SET lost = ? WHERE customer = 'C0001'", (put,))
        lost: str | None = db.execute("SELECT lost FROM customers WHERE customer = 'C0001'").fetchone()[0]
    store.close()
    return lost


def _write(store: BankStore, *statements: str) -> None:
    with store.writing() as db:
        for statement in statements:
            db.execute(statement)
