"""The journal of a store is read whole, page by page, in the order of writing."""

from __future__ import annotations

import pytest

from ivr.engine import journal
from ivr.engine.journal import journal_rows
from ivr.engine.ports import Changes, JournalRow
from ivr.stores.memory import MemoryStore

ROWS = [JournalRow(f"CA{place % 2}", place, float(place), "said", "{}") for place in range(7)]


@pytest.fixture
def store() -> MemoryStore:
    written = MemoryStore()
    assert written.commit(Changes(rows=ROWS))
    return written


@pytest.mark.parametrize("page", [1, 2, 3, 7, 1000])
def test_pages_of_any_size_give_every_row_once_and_in_order(
    store: MemoryStore, page: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "_PAGE", page)
    assert list(journal_rows(store)) == ROWS
    assert list(journal_rows(store, "CA1")) == ROWS[1::2]


def test_an_unknown_call_has_no_rows(store: MemoryStore) -> None:
    assert list(journal_rows(store, "CA9")) == []


def test_only_the_pages_that_are_read_are_fetched(store: MemoryStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "_PAGE", 2)
    fetched: list[int] = []
    read = store.journal

    def counted(call_id: str | None = None, *, after: int = 0, limit: int = 1000) -> object:
        fetched.append(after)
        return read(call_id, after=after, limit=limit)

    monkeypatch.setattr(store, "journal", counted)
    assert next(journal_rows(store)) == ROWS[0]
    assert fetched == [0]
