"""The promises of `Vault`, held by every store."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from ivr.stores import Store, open_store

from .stores import KINDS, SHARED

NOW = 1795312800.5


@pytest.fixture(params=KINDS)
def store(request: pytest.FixtureRequest, new_address: Callable[[str], str]) -> Iterator[Store]:
    opened = open_store(new_address(request.param))
    yield opened
    opened.close()


def test_an_entry_comes_back_as_it_was_put_and_is_replaced_by_a_later_one(store: Store) -> None:
    vault = store.vault
    assert vault.read("call CA1 3") is None
    vault.put("call CA1 3", b"\0\xffsealed", NOW)
    assert vault.read("call CA1 3") == b"\0\xffsealed"
    vault.put("call CA1 3", b"", NOW)
    assert (vault.read("call CA1 3"), vault.read("call CA1 4")) == (b"", None)


def test_a_dropped_entry_is_gone_and_dropping_it_again_changes_nothing(store: Store) -> None:
    for key in ("a", "b"):
        store.vault.put(key, b"sealed", NOW)
    store.vault.drop("a")
    store.vault.drop("a")
    assert (store.vault.read("a"), store.vault.read("b")) == (None, b"sealed")


def test_only_entries_that_have_ended_go_by_time(store: Store) -> None:
    assert store.vault.drop_expired(NOW) == 0
    store.vault.put("old", b"sealed", NOW)
    store.vault.put("new", b"sealed", NOW + 0.25)
    assert store.vault.drop_expired(NOW) == 1
    assert (store.vault.read("old"), store.vault.read("new")) == (None, b"sealed")


@pytest.mark.parametrize("kind", SHARED)
def test_another_process_finds_the_entries(kind: str, new_address: Callable[[str], str]) -> None:
    url = new_address(kind)
    first, second = open_store(url), open_store(url)
    first.vault.put("key", b"sealed", NOW)
    assert second.vault.read("key") == b"sealed"
    second.vault.drop("key")
    assert first.vault.read("key") is None
    first.close()
    second.close()
