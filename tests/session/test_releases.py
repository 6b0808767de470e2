"""New calls get the newest flows; a live call keeps the flows that it began with, read once from the store."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from ivr.errors import FlowError, FlowStuck
from ivr.flow.model import Release
from ivr.session.releases import ReleaseEngines
from ivr.stores.memory import MemoryStore
from tests.engine.fixtures import SERVICES


class CountingStore(MemoryStore):
    """Counts the releases that are read."""

    def __init__(self) -> None:
        super().__init__()
        self.read: list[str] = []

    def release(self, version: str) -> Mapping[str, str] | None:
        self.read.append(version)
        return super().release(version)


@pytest.fixture
def store() -> CountingStore:
    return CountingStore()


@pytest.fixture
def engines(shipped: Release, store: CountingStore) -> ReleaseEngines:
    return ReleaseEngines(replace(shipped, version="new"), SERVICES, store)


def test_the_newest_release_is_not_read_from_the_store(engines: ReleaseEngines, store: CountingStore) -> None:
    assert engines.engine_of("new") is engines.newest
    assert store.read == []


def test_an_older_release_is_read_once(engines: ReleaseEngines, store: CountingStore, shipped: Release) -> None:
    store.keep_release("old", shipped.files)
    engine = engines.engine_of("old")
    assert engine is not engines.newest
    assert engine.release.flows.keys() == shipped.flows.keys()
    assert engines.engine_of("old") is engine
    assert store.read == ["old"]


def test_threads_that_ask_at_once_get_the_same_engine(
    engines: ReleaseEngines, store: CountingStore, shipped: Release
) -> None:
    store.keep_release("old", shipped.files)
    with ThreadPoolExecutor(4) as pool:
        found = set(map(id, pool.map(engines.engine_of, ["old"] * 8)))
    assert len(found) == 1
    assert store.read == ["old"]


def test_a_release_that_is_not_in_the_store_is_stuck_and_looked_up_again_later(
    engines: ReleaseEngines, store: CountingStore, shipped: Release
) -> None:
    with pytest.raises(FlowStuck, match="are gone"):
        engines.engine_of("old")
    store.keep_release("old", shipped.files)
    assert engines.engine_of("old").release.flows


def test_a_release_that_this_version_cannot_read_is_refused(engines: ReleaseEngines, store: CountingStore) -> None:
    store.keep_release("old", {"a.yaml": "flow: a\nsteps: {one: {sing: la}}\n"})
    with pytest.raises(FlowError):
        engines.engine_of("old")
