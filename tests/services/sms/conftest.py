"""A real store, a moment and a number."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ivr.crypto import Seal
from ivr.stores.sqlite import SqliteStore

MONDAY = 1_795_000_000.0
DAY = 86_400
NUMBER = "+8613800000001"
SEAL = Seal(b"k" * 32)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    opened = SqliteStore(tmp_path / "ivr.db")
    yield opened
    opened.close()
