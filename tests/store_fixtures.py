"""A real store and a real seal, and moments as people write them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from ivr.calendar import CHINA
from ivr.crypto import Seal
from ivr.stores.sqlite import SqliteStore


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    opened = SqliteStore(tmp_path / "ivr.db")
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def seal() -> Seal:
    return Seal(b"k" * 32)


@pytest.fixture(scope="session")
def at() -> Callable[[str], float]:
    """Turn a moment in China, such as 2026-11-23T10:00, into a Unix time."""
    return lambda text: datetime.fromisoformat(text).replace(tzinfo=CHINA).timestamp()
