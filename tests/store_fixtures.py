"""A real store and a real seal, and moments as people write them."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from datetime import datetime
from importlib import import_module
from pathlib import Path
from tempfile import mkdtemp

import pytest

from ivr.calendar import CHINA
from ivr.crypto import Seal
from ivr.stores.sqlite import SqliteStore
from tests.postgresql import MISSING, PostgresqlServer, programs


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    opened = SqliteStore(tmp_path / "ivr.db")
    yield opened
    opened.close()


@pytest.fixture
def new_address(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[str], str]:
    """Return the address of a new store of a kind, as the tests of that kind give it."""

    def address(kind: str) -> str:
        tests = import_module(f"tests.stores.test_{kind}")
        return str(tests.new_address(request, Path(mkdtemp(dir=tmp_path))))

    return address


@pytest.fixture(scope="session")
def seal() -> Seal:
    return Seal(b"k" * 32)


@pytest.fixture(scope="session")
def at() -> Callable[[str], float]:
    """Turn a moment in China, such as 2026-11-23T10:00, into a Unix time."""
    return lambda text: datetime.fromisoformat(text).replace(tzinfo=CHINA).timestamp()


def _serve() -> Iterator[PostgresqlServer]:
    found = programs()
    if found is None:
        warnings.warn(UserWarning(MISSING), stacklevel=1)
        pytest.skip(MISSING)
    server = PostgresqlServer(found)
    yield server
    server.remove()


postgresql_server = pytest.fixture(_serve, scope="session", name="postgresql_server")
"""One server for all tests of a process; each test has a schema of its own."""
own_postgresql_server = pytest.fixture(_serve, name="own_postgresql_server")
"""A server for one test, which may stop it."""
