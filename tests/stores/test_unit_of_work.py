"""A unit of work reads its own changes, writes them at once, and is repeated when another unit has changed the same."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from ivr.engine.ports import Document, JournalRow, KeptReply, Saved
from ivr.errors import StoreError
from ivr.secret import Secret
from ivr.stores import Store, UnitOfWork, _unit_of_work, attempts, in_one_commit, open_store

CALL = Saved("CA1", 1, "key", b"call", b"reply")


@pytest.fixture(params=["memory:", "sqlite:///{folder}/ivr.db"], ids=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    opened = open_store(request.param.format(folder=tmp_path))
    yield opened
    opened.close()


@pytest.fixture
def unit(store: Store) -> Iterator[UnitOfWork]:
    new = UnitOfWork(store)
    yield new
    new.pause()


def put(documents: Store | UnitOfWork, key: str, value: int = 0) -> None:
    documents.change("tickets", key, lambda _: {"value": value})


def delete(documents: Store | UnitOfWork, key: str) -> None:
    documents.change("tickets", key, lambda _: None)


def count(document: Document | None) -> Document:
    return {"value": (document or {"value": 0})["value"] + 1}


def test_a_unit_reads_its_own_changes_and_the_store_has_none_before_the_commit(store: Store, unit: UnitOfWork) -> None:
    put(store, "T1", 1)
    assert unit.change("tickets", "T1", count) == {"value": 2}
    assert unit.get("tickets", "T1") == {"value": 2}
    assert unit.text("tickets", "T1") == '{"value":2}'
    unit.pause()
    assert store.get("tickets", "T1") == {"value": 1}
    assert unit.commit()
    assert store.get("tickets", "T1") == {"value": 2}


def test_a_document_that_the_unit_deleted_is_gone_for_it_and_after_the_commit_for_all(store: Store) -> None:
    put(store, "T1")
    unit = UnitOfWork(store)
    delete(unit, "T1")
    assert unit.get("tickets", "T1") is None
    assert unit.commit()
    assert store.get("tickets", "T1") is None


def test_a_changed_document_is_no_object_of_the_unit(unit: UnitOfWork) -> None:
    mine: dict[str, list[int]] = {"steps": []}
    unit.change("tickets", "T1", lambda _: mine)
    mine["steps"].append(1)
    read = unit.get("tickets", "T1")
    assert read == {"steps": []}
    read["steps"].append(2)
    assert unit.get("tickets", "T1") == {"steps": []}


def test_a_document_that_a_unit_has_read_stays_the_same_for_it(store: Store) -> None:
    put(store, "T1", 1)
    unit = UnitOfWork(store)
    assert unit.get("tickets", "T1") == {"value": 1}
    unit.pause()
    put(store, "T1", 2)
    assert unit.get("tickets", "T1") == {"value": 1}, "a document that was read stays as it was"
    unit.pause()
    assert UnitOfWork(store).get("tickets", "T1") == {"value": 2}


@pytest.mark.parametrize(
    ("options", "keys"),
    [
        ({}, ["A1", "A2", "A4", "B1"]),
        ({"prefix": "A"}, ["A1", "A2", "A4"]),
        ({"after": "A1"}, ["A2", "A4", "B1"]),
        ({"after": "A1", "prefix": "A", "limit": 1}, ["A2"]),
        ({"limit": 3}, ["A1", "A2", "A4"]),
    ],
)
def test_keys_are_those_of_the_store_with_own_changes_and_without_own_deletions(
    store: Store, unit: UnitOfWork, options: dict[str, str | int], keys: list[str]
) -> None:
    for key in ("A1", "A3", "A4", "A0"):
        put(store, key)
    for key in ("A2", "B1", "A4"):
        put(unit, key, 1)
    delete(unit, "A3")
    delete(unit, "A0")
    unit.change("other", "A9", lambda _: {})
    assert unit.keys("tickets", **options) == keys  # type: ignore[arg-type]


def test_of_two_units_that_change_one_document_the_second_commit_is_a_conflict_and_writes_nothing(store: Store) -> None:
    first, second = UnitOfWork(store), UnitOfWork(store)
    for unit in (first, second):
        unit.change("tickets", "T1", count)
        put(unit, "T2")
        unit.pause()
    assert first.commit()
    second.change("tickets", "T2", lambda _: {"value": 9})
    assert not second.commit(CALL)
    assert store.get("tickets", "T1") == {"value": 1}
    assert store.get("tickets", "T2") == {"value": 0}
    assert store.load("CA1") is None


def test_a_document_that_was_only_read_is_no_conflict(store: Store) -> None:
    unit = UnitOfWork(store)
    unit.get("tickets", "T1")
    put(unit, "T2")
    unit.pause()
    put(store, "T1")
    assert unit.commit()


def test_a_change_that_was_undone_is_neither_written_nor_compared(store: Store) -> None:
    unit = UnitOfWork(store)
    put(unit, "T1")
    delete(unit, "T1")
    unit.pause()
    put(store, "T1", 5)
    assert unit.commit()
    assert store.get("tickets", "T1") == {"value": 5}


def test_a_unit_can_be_committed_twice(store: Store, unit: UnitOfWork) -> None:
    unit.change("tickets", "T1", count)
    assert unit.commit()
    assert store.get("tickets", "T1") == {"value": 1}
    put(store, "T1", 7)
    assert unit.change("tickets", "T1", count) == {"value": 8}, "the second part reads the store anew"
    assert unit.commit()
    assert store.get("tickets", "T1") == {"value": 8}


def test_what_was_committed_stays_when_the_second_part_conflicts(store: Store, unit: UnitOfWork) -> None:
    put(unit, "T1")
    assert unit.commit()
    unit.change("tickets", "T2", count)
    unit.pause()
    put(store, "T2", 5)
    assert not unit.commit()
    assert store.get("tickets", "T1") == {"value": 0}
    assert store.get("tickets", "T2") == {"value": 5}


def test_a_turn_its_journal_and_kept_replies_are_written_with_the_documents(store: Store, unit: UnitOfWork) -> None:
    put(unit, "T1")
    row, kept = JournalRow("CA1", 1, 5.0, "said", "{}"), KeptReply("CA0", "old", 1, 5.0, b"hang up")
    assert unit.commit(CALL, at=5.0, rows=[row], replies=[kept])
    assert store.load("CA1") == CALL
    assert list(store.journal("CA1")) == [row]
    assert store.get("tickets", "T1") == {"value": 0}
    assert UnitOfWork(store).load("CA1", "key") is not None


def test_a_call_whose_stored_turn_is_not_the_expected_one_is_a_conflict(store: Store, unit: UnitOfWork) -> None:
    assert unit.commit(CALL)
    assert not unit.commit(Saved("CA1", 3, "late", b"call", b"reply"), expected=2)
    assert store.load("CA1") == CALL


def test_rows_of_the_board_are_written_by_the_commit_if_no_other_write_came_between(store: Store) -> None:
    first, second = UnitOfWork(store), UnitOfWork(store)
    assert first.rows_since(0) == (0, {})
    for unit, body in ((first, b"1"), (second, b"2")):
        assert unit.write_rows({"waiter": body}, seen=0)
        unit.pause()
    assert store.rows_since(0) == (0, {})
    assert first.commit()
    assert not second.commit()
    assert store.rows_since(0) == (1, {"waiter": b"1"})


def test_deeds_are_done_once_and_only_after_a_commit(store: Store) -> None:
    done: list[int] = []
    unit, other = UnitOfWork(store), UnitOfWork(store)
    for own in (unit, other):
        own.change("tickets", "T1", count)
        own.pause()
    unit.afterwards(lambda: done.append((store.get("tickets", "T1") or {})["value"]))
    other.afterwards(lambda: done.append(-1))
    assert done == []
    assert unit.commit()
    assert not other.commit()
    assert unit.commit()
    assert done == [1]


def test_a_change_inside_of_a_change_is_refused_and_the_unit_can_still_be_used(unit: UnitOfWork) -> None:
    def nested(document: Document | None) -> Document:
        put(unit, "T2")
        return {}

    with pytest.raises(StoreError, match="must not change documents itself"):
        unit.change("tickets", "T1", nested)
    assert unit.get("tickets", "T1") is None
    put(unit, "T1")
    assert unit.get("tickets", "T1") == {"value": 0}


def test_a_change_that_raises_or_returns_no_json_changes_nothing(unit: UnitOfWork) -> None:
    with pytest.raises(ZeroDivisionError):
        unit.change("tickets", "T1", lambda _: {"value": 1 // 0})
    with pytest.raises(TypeError, match="Secret") as refused:
        unit.change("tickets", "T1", lambda _: {"pin": Secret("pin", "135790")})
    assert "135790" not in str(refused.value)
    assert unit.get("tickets", "T1") is None


def test_a_unit_without_changes_commits_without_a_write(store: Store, unit: UnitOfWork) -> None:
    unit.get("tickets", "T1")
    unit.pause()
    with store.reading():  # a write would raise here
        assert unit.commit()


def test_work_is_repeated_from_its_beginning_until_its_commit_succeeds(store: Store) -> None:
    seen: list[int] = []

    def work(unit: UnitOfWork) -> int:
        value = int((unit.change("tickets", "T1", count) or {})["value"])
        seen.append(value)
        unit.pause()
        if len(seen) < 3:
            put(store, "T1", 10 * len(seen))
        return value

    assert in_one_commit(store, work) == 21
    assert seen == [1, 11, 21]
    assert store.get("tickets", "T1") == {"value": 21}


def test_an_exception_of_the_work_passes_and_changes_nothing(store: Store) -> None:
    def work(unit: UnitOfWork) -> None:
        put(unit, "T1")
        raise LookupError("no such ticket")

    with pytest.raises(LookupError, match="no such ticket"):
        in_one_commit(store, work)
    put(store, "T2")  # the read transaction of the work has ended
    assert list(store.keys("tickets")) == ["T2"]


def test_work_that_always_conflicts_is_given_up(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_unit_of_work, "LONGEST_PAUSE", 0.0)
    units: list[UnitOfWork] = []
    with pytest.raises(StoreError, match="too many"):
        units.extend(attempts(store))
    assert len(units) == _unit_of_work.ATTEMPT_LIMIT
    assert len(set(map(id, units))) == len(units), "each attempt has a unit of its own"


def test_units_of_many_threads_lose_no_change(store: Store) -> None:
    barrier = threading.Barrier(4)

    def add() -> None:
        barrier.wait()
        for _ in range(25):
            in_one_commit(store, lambda unit: unit.change("tickets", "T1", count))

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert store.get("tickets", "T1") == {"value": 100}
