"""Documents are forgotten a few with each write; calls and journal rows are tested with their command."""

from __future__ import annotations

import pytest

from ivr.jobs.housekeeping import add_newest, forget_some
from ivr.stores.memory import MemoryStore


def put(store: MemoryStore, key: str, at: int) -> None:
    store.change("rows", key, lambda _: {"at": at})


def test_a_few_documents_from_a_random_key_on_are_looked_at_and_those_that_are_over_go(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store = MemoryStore()
    for number in range(10):
        put(store, f"key {number}", number)
    monkeypatch.setattr("ivr.jobs.housekeeping.secrets.token_hex", lambda _: "key 3")
    forget_some(store, "rows", lambda row: row["at"] < 6, 4)
    assert list(store.keys("rows")) == [f"key {number}" for number in (0, 1, 2, 3, 6, 7, 8, 9)]


def test_the_newest_documents_stay_and_come_first() -> None:
    store = MemoryStore()
    for at in range(12):
        add_newest(store, "alarms", float(at), {"at": at}, 5)
    rows = [store.get("alarms", key) for key in store.keys("alarms")]
    assert rows == [{"at": at} for at in (11, 10, 9, 8, 7)]
