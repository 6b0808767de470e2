from __future__ import annotations

from pathlib import Path

import pytest

from ivr.errors import SettingsError
from ivr.settings import store_kinds
from ivr.stores import open_store


def new_address(request: pytest.FixtureRequest, folder: Path) -> str:
    """Return the address of an empty store, for the contracts of all stores."""
    return "memory:"


def test_the_address_is_just_memory() -> None:
    open_store("memory:").close()
    with pytest.raises(SettingsError, match="memory:"):
        open_store("memory:///calls")


def test_an_unknown_store_names_the_known_ones() -> None:
    with pytest.raises(SettingsError, match=":, ".join(store_kinds())):
        open_store("oracle://db")
