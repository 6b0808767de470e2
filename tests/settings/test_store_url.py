"""Addresses of stores."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivr.errors import SettingsError
from ivr.settings import store_file, store_kind, store_kinds


def test_the_kinds_of_store_are_the_modules_there_are() -> None:
    assert {"memory", "sqlite"} <= set(store_kinds())
    assert not any(kind.startswith("_") for kind in store_kinds())
    assert store_kind("sqlite:///x.db") == "sqlite"


@pytest.mark.parametrize("url", ["", "sqlite", "oracle:x", "_lease:", "__init__:", "../x:"])
def test_an_unknown_store_names_the_known_ones(url: str) -> None:
    with pytest.raises(SettingsError, match=", ".join(f"{kind}:" for kind in store_kinds())):
        store_kind(url)


@pytest.mark.parametrize(
    ("url", "file"),
    [
        ("sqlite:///var/ivr.db", Path("var/ivr.db")),
        ("sqlite:////srv/ivr.db", Path("/srv/ivr.db")),
        ("sqlite:////srv/my%20calls.db?synchronous=FULL", Path("/srv/my calls.db")),
        ("sqlite:///", None),
        ("sqlite:////", None),
        ("sqlite:var/ivr.db", None),
        ("sqlite://host/ivr.db", None),
        ("redis://cache:6379/0", None),
        ("memory:", None),
    ],
)
def test_a_store_address_names_its_file(url: str, file: Path | None) -> None:
    assert store_file(url) == file
