"""One writer at a time, and what it does while another program keeps the file locked."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ivr.engine.ports import Saved
from ivr.errors import StoreError
from ivr.stores import _breaker, _deadline
from ivr.stores.sqlite import SqliteStore
from tests.waiting import PATIENCE, wait_until

FOR_EVER = 10_000.0
BUSY = "locked for too long"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    opened = SqliteStore(tmp_path / "ivr.db")
    yield opened
    opened.close()


@contextmanager
def locked(store: SqliteStore) -> Iterator[None]:
    """Keep the file locked by a connection of another program."""
    other = sqlite3.connect(store._connections.file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


def begin(store: SqliteStore, name: str) -> bool:
    return store.save(Saved(name, 1, "k", b"c", b"r"), [], expected=None)


def test_a_lease_bounds_what_its_thread_waits_for_a_locked_file(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_deadline, "BUSY_SECONDS", FOR_EVER)
    writes: list[Callable[[], object]] = [
        lambda: begin(store, "call"),
        lambda: store.change("c", "k", lambda _: {}),
        lambda: store.write_rows({"a": b"1"}, seen=0),
        lambda: store.forget_replies(1.0),
        lambda: store.keep_release("abc", {}),
    ]
    with locked(store):
        for write in writes:
            with store.lease("call", within=0.05), pytest.raises(StoreError, match=BUSY):
                write()
    with store.lease("call", within=60):
        assert begin(store, "call")


def test_a_ping_waits_for_no_locked_file_and_behind_no_writer(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_deadline, "BUSY_SECONDS", FOR_EVER)
    with locked(store), pytest.raises(StoreError, match=BUSY):
        store.ping()
    faults: list[str] = []

    def ping() -> None:
        with pytest.raises(StoreError, match=BUSY) as caught:
            store.ping()
        faults.append(str(caught.value))

    with store._writing:
        thread = threading.Thread(target=ping)
        thread.start()
        thread.join(PATIENCE)
    assert len(faults) == 1
    store.ping()


def test_while_the_file_is_stuck_one_writer_probes_and_all_others_fail_at_once(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_deadline, "BUSY_SECONDS", FOR_EVER)
    monkeypatch.setattr(_breaker, "STUCK_SECONDS", 0.2)
    ended: list[str] = []

    def work(name: str) -> None:
        try:
            begin(store, name)
            ended.append("written")
        except StoreError as fault:
            ended.append(str(fault).partition(": ")[2])

    threads = [threading.Thread(target=work, args=(str(number),)) for number in range(6)]
    with locked(store):
        for thread in threads:
            thread.start()
        wait_until(lambda: len(ended) == 5)
        with pytest.raises(StoreError, match=BUSY):
            begin(store, "a late one")
    for thread in threads:
        thread.join(PATIENCE)
    assert sorted(ended) == [*["other processes have kept it locked for too long"] * 5, "written"]
    assert begin(store, "a later one")


def test_when_the_prober_gives_up_the_next_writer_probes(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_breaker, "STUCK_SECONDS", 0.05)
    with locked(store):
        for _ in range(3):
            with store.lease("call", within=0.1), pytest.raises(StoreError, match=BUSY):
                begin(store, "call")
        assert store._writing._breaker.is_open(time.monotonic())
    assert begin(store, "call")
    assert not store._writing._breaker.is_open(time.monotonic())


def test_a_writer_that_cannot_begin_leaves_the_turn_to_the_next(store: SqliteStore) -> None:
    connection = store._connections.get()
    connection.execute("PRAGMA query_only = 1")
    with pytest.raises(StoreError):
        begin(store, "call")
    connection.execute("PRAGMA query_only = 0")
    assert begin(store, "call")
