"""The promises of `Board`, held by every store."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator

import pytest

from ivr.engine.ports import KEPT_WRITES, Board
from ivr.stores import Store, open_store

from .stores import KINDS, SHARED, run_together


@pytest.fixture(params=KINDS)
def store(request: pytest.FixtureRequest, new_address: Callable[[str], str]) -> Iterator[Store]:
    opened = open_store(new_address(request.param))
    yield opened
    opened.close()


def test_an_empty_board_has_had_no_write(store: Board) -> None:
    assert store.rows_since(0) == (0, {})


def test_what_was_written_since_is_told_with_the_number_of_the_last_write(store: Board) -> None:
    assert store.write_rows({"a": b"1", "b": b"2"}, seen=0)
    assert store.write_rows({"b": b"3", "c": b"\x00\xff"}, seen=1)
    assert store.rows_since(0) == (2, {"a": b"1", "b": b"3", "c": b"\x00\xff"})
    assert store.rows_since(1) == (2, {"b": b"3", "c": b"\x00\xff"})
    assert store.rows_since(2) == (2, {})


def test_who_has_not_seen_the_last_write_writes_nothing(store: Board) -> None:
    assert store.write_rows({"a": b"1"}, seen=0)
    for seen in (0, 2, -1):
        assert not store.write_rows({"a": b"mine", "b": b"mine"}, seen=seen)
    assert store.rows_since(0) == (1, {"a": b"1"})


def test_a_row_that_is_taken_away_is_told_to_whoever_had_it(store: Board) -> None:
    store.write_rows({"a": b"1", "b": b"1"}, seen=0)
    store.write_rows({"a": None, "never": None}, seen=1)
    last, rows = store.rows_since(1)
    assert (last, rows["a"]) == (2, None)
    assert store.write_rows({"a": b"again"}, seen=2)
    assert store.rows_since(2) == (3, {"a": b"again"})
    assert {name: body for name, body in store.rows_since(0)[1].items() if body} == {"a": b"again", "b": b"1"}


def test_no_rows_are_no_write(store: Board) -> None:
    assert store.write_rows({}, seen=0)
    assert not store.write_rows({}, seen=1)
    assert store.rows_since(0) == (0, {})


def test_what_was_taken_away_long_ago_is_forgotten_and_the_count_goes_on(store: Board) -> None:
    store.write_rows({"old": b"1", "kept": b"1"}, seen=0)
    store.write_rows({"old": None}, seen=1)
    for write in range(2, 2 * KEPT_WRITES):
        assert store.write_rows({"busy": None if write % 2 else b"1"}, seen=write)
        if write == KEPT_WRITES:
            assert store.rows_since(1)[1]["old"] is None, "it must be told for so many writes"
    last, rows = store.rows_since(0)
    assert last == 2 * KEPT_WRITES
    assert "old" not in rows
    assert rows["kept"] == b"1"


def test_of_threads_that_saw_the_same_only_one_writes(store: Board) -> None:
    won: list[int] = []

    def add_fifty(thread: int) -> None:
        for _ in range(50):
            while True:
                last, _ = store.rows_since(0)
                if store.write_rows({f"row {thread}": str(last).encode()}, seen=last):
                    won.append(last)
                    break

    threads = [threading.Thread(target=add_fifty, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(won) == list(range(200))
    assert store.rows_since(0)[0] == 200


COUNT = """
import sys
from ivr.stores import open_store
store = open_store(sys.argv[1])
sys.stdin.readline()
for _ in range(100):
    while True:
        last, rows = store.rows_since(0)
        count = int(rows.get("count") or b"0")
        if store.write_rows({"count": str(count + 1).encode()}, seen=last):
            break
store.close()
"""


@pytest.mark.parametrize("kind", SHARED)
def test_two_processes_count_together_and_a_restart_finds_it(kind: str, new_address: Callable[[str], str]) -> None:
    url = new_address(kind)
    workers = [subprocess.Popen([sys.executable, "-c", COUNT, url], stdin=subprocess.PIPE, text=True) for _ in range(2)]
    run_together(workers)
    store = open_store(url)
    assert store.rows_since(0) == (200, {"count": b"200"})
    store.close()


def test_calls_documents_and_the_board_do_not_touch_each_other(store: Store) -> None:
    store.change("board", "a", lambda _: {"n": 1})
    store.write_rows({"a": b"1"}, seen=0)
    assert store.get("board", "a") == {"n": 1}
    assert store.rows_since(0) == (1, {"a": b"1"})
    assert store.live() == 0
