"""A server takes what is published in its store; the first start publishes the folder."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ivr.errors import FlowError, StoreError
from ivr.flow.model import Release
from ivr.services.publishing.service import Publishing
from ivr.session.published import published_release, stored_release
from ivr.stores.memory import MemoryStore

FLOWS = Path(__file__).parents[2] / "flows"


def test_the_first_start_publishes_the_folder_and_later_ones_do_not_read_it(shipped: Release) -> None:
    store = MemoryStore()
    assert published_release(store, FLOWS, 10.0).version == shipped.version
    assert published_release(store, FLOWS / "gone", 20.0).version == shipped.version
    assert [entry.version for entry in Publishing(store).entries()] == [shipped.version]


def test_a_release_that_was_read_already_is_used_if_it_is_the_live_one(shipped: Release) -> None:
    store = MemoryStore()
    assert published_release(store, FLOWS / "gone", 10.0, shipped) is shipped
    other = replace(shipped, version="other")
    assert published_release(store, FLOWS, 20.0, other).version == shipped.version


def test_faulty_flows_are_not_published(tmp_path: Path) -> None:
    store = MemoryStore()
    (tmp_path / "a.yaml").write_text("flow: [", encoding="utf-8")
    with pytest.raises(FlowError):
        published_release(store, tmp_path, 10.0)
    assert Publishing(store).publication(10.0).version == ""


def test_a_release_that_the_store_does_not_have_is_refused() -> None:
    with pytest.raises(StoreError, match="not in the store"):
        stored_release(MemoryStore(), "abc")
