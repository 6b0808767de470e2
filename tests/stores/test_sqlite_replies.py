"""Replies in the file: older files get the tables, and age is found without reading what is live."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from ivr.engine.ports import Changes, Saved
from ivr.stores import _sqlite_replies
from ivr.stores._sqlite_tables import LATER, TABLES
from ivr.stores.sqlite import SqliteStore


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    opened = SqliteStore(tmp_path / "ivr.db")
    yield opened
    opened.close()


def turn(number: int, *, ended: bool = False, call_id: str = "call") -> Changes:
    saved = Saved(call_id, number, f"key {number}", b"c", f"reply {number}".encode(), ended)
    return Changes(saved, number - 1 or None, float(number))


def old_file(file: Path, *later: str) -> sqlite3.Connection:
    """Make a file of an older version, with a live and an ended call in their first turns."""
    connection = sqlite3.connect(file, isolation_level=None)
    for statement in (*TABLES, *later):
        connection.execute(statement)
    for table, call_id in (("live", "call"), ("past", "ended")):
        row = (call_id, 1, "key 1", b"c", b"reply 1")
        connection.execute(f"INSERT INTO {table} (call_id, turn, key, call, reply) VALUES (?, ?, ?, ?, ?)", row)
    return connection


@pytest.mark.parametrize("later", [0, 3])
def test_a_file_of_an_older_version_keeps_its_calls_and_repeats_from_then_on(tmp_path: Path, later: int) -> None:
    old_file(tmp_path / "ivr.db", *LATER[:later]).close()
    store = SqliteStore(tmp_path / "ivr.db")
    assert store.load("ended") == Saved("ended", 1, "key 1", b"c", b"reply 1", ended=True)
    assert store.load("call", "key 1") == Saved("call", 1, "key 1", b"c", b"reply 1", repeated=b"reply 1")
    assert store.commit(turn(2))
    assert store.commit(turn(3))
    store.close()
    again = SqliteStore(tmp_path / "ivr.db")
    replies = [again.load("call", f"key {number}") for number in (1, 2, 3, 4)]
    assert [saved and saved.repeated for saved in replies] == [b"reply 1", b"reply 2", b"reply 3", None]
    assert again.commit(turn(4, ended=True))
    assert again.forget_replies(99.0) == 3
    again.close()


def test_replies_of_a_call_that_an_older_version_ends_are_forgotten_too(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "ivr.db")
    store.commit(turn(1))
    store.commit(turn(2))
    older = sqlite3.connect(tmp_path / "ivr.db", isolation_level=None)
    older.execute("DELETE FROM live WHERE call_id = 'call'")
    older.close()
    assert store.forget_replies(99.0) == 1
    store.close()


def test_replies_to_forget_are_found_without_reading_those_of_live_calls(store: SqliteStore) -> None:
    plan = store._connections.get().execute(f"EXPLAIN QUERY PLAN {_sqlite_replies.OLDEST_REPLIES}", (1,)).fetchall()
    assert [row[3] for row in plan] == ["SCAN replies_of_past", "SEARCH replies USING INTEGER PRIMARY KEY (rowid=?)"]


def test_what_is_listed_for_forgetting_is_what_there_is(store: SqliteStore) -> None:
    for call_id in ("one", "two"):
        for number in range(1, 6):
            store.commit(turn(number, call_id=call_id, ended=call_id == "one" and number == 5))
    execute = store._connections.get().execute
    ids = "SELECT id FROM replies WHERE call_id = 'one' ORDER BY id"
    for forgotten in (0, 1, 3):
        store.forget_replies(99.0, limit=forgotten)
        assert execute("SELECT id FROM replies_of_past ORDER BY id").fetchall() == execute(ids).fetchall()
    assert execute("SELECT count(*) FROM replies").fetchone() == (4,)
