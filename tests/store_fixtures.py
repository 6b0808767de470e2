"""A real store and a real seal, and moments as people write them."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from ivr.calendar import CHINA
from ivr.crypto import Seal
from ivr.stores.sqlite import SqliteStore
from tests.contract.stores import ADDRESSES
from tests.postgresql import MISSING, PostgresqlServer, fresh_schema, programs


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    opened = SqliteStore(tmp_path / "ivr.db")
    yield opened
    opened.close()


@pytest.fixture
def new_address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """Return the address of a new store of a kind; the schemas of a database are emptied and used again."""
    used: list[str] = []

    def address(kind: str) -> str:
        text = ADDRESSES[kind]
        if "{server}" not in text:
            return text.format(folder=tmp_path / fresh_schema())
        server: PostgresqlServer = request.getfixturevalue("postgresql_server")
        used.append(server.empty.pop() if server.empty else fresh_schema())
        return text.format(server=server.place, schema=used[-1])

    yield address
    for schema in used:
        request.getfixturevalue("postgresql_server").make_empty(schema)


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
