from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ivr.engine.ports import Saved
from ivr.errors import StoreError
from ivr.stores import _deadline, _sqlite_documents
from ivr.stores._sqlite_tables import TABLES
from ivr.stores.sqlite import SqliteStore


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "ivr.db"


@pytest.fixture
def store(file: Path) -> Iterator[SqliteStore]:
    opened = SqliteStore(file)
    yield opened
    opened.close()


def test_a_file_made_before_there_were_documents_gets_their_table(file: Path) -> None:
    old = sqlite3.connect(file)
    for statement in TABLES:
        old.execute(statement)
    old.execute("INSERT INTO live (call_id, turn, key, call, reply) VALUES ('call', 1, 'k', x'01', x'02')")
    old.commit()
    old.close()
    for count in (1, 2):
        store = SqliteStore(file)
        assert store.load("call") == Saved("call", 1, "k", b"\x01", b"\x02")
        assert store.change("c", "k", lambda before: {"n": before["n"] + 1 if before else 1}) == {"n": count}
        store.close()


def test_documents_are_found_by_their_key_alone(store: SqliteStore) -> None:
    for query, values in ((_sqlite_documents.READ, 2), (_sqlite_documents.KEYS_SQL, 3)):
        plan = store._connections.get().execute(f"EXPLAIN QUERY PLAN {query}", ("1",) * values).fetchall()
        assert [row[3].split(" (")[0] for row in plan] == ["SEARCH documents USING PRIMARY KEY"]


def test_what_stays_as_it_was_is_not_written(store: SqliteStore, file: Path) -> None:
    store.change("c", "k", lambda _: {"n": 1})
    log = file.with_name("ivr.db-wal")
    size = log.stat().st_size
    store.change("c", "k", lambda before: before)
    store.change("c", "not there", lambda before: before)
    assert log.stat().st_size == size


def test_changes_alone_get_the_log_copied_back(store: SqliteStore) -> None:
    assert store._checkpoints is None
    store.change("c", "k", lambda _: {"n": 1})
    assert store._checkpoints is not None


def test_a_lock_that_another_program_keeps_is_said(
    file: Path, monkeypatch: pytest.MonkeyPatch, store: SqliteStore
) -> None:
    monkeypatch.setattr(_deadline, "BUSY_SECONDS", 0.02)
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="locked for too long"):
        store.change("c", "k", lambda _: {})
    assert store.get("c", "k") is None
    other.execute("ROLLBACK")
    other.close()
    assert store.change("c", "k", lambda _: {}) == {}


def test_a_closed_store_says_so(file: Path) -> None:
    store = SqliteStore(file)
    store.change("c", "k", lambda _: {})
    store.close()
    with pytest.raises(StoreError, match="has been closed"):
        store.get("c", "k")
    with pytest.raises(StoreError, match="has been closed"):
        store.keys("c")
    with pytest.raises(StoreError, match="has been closed"):
        store.change("c", "k", lambda _: {})


def test_a_write_while_the_board_is_read_is_not_passed_over(
    store: SqliteStore, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = SqliteStore(file)
    execute = store._connections.execute

    def overtaken(statement: str, values: Sequence[Any] = ()) -> SimpleNamespace:
        rows = execute(statement, values).fetchall()
        other.write_rows({"agents/w1": b"rings"}, seen=0)
        return SimpleNamespace(fetchall=lambda: rows, fetchone=lambda: rows[0])

    monkeypatch.setattr(store._connections, "execute", overtaken)
    assert store.rows_since(0) == (0, {})
    assert store.rows_since(0) == (1, {"agents/w1": b"rings"})
    other.close()
