from __future__ import annotations

import pytest

from ivr.errors import SettingsError
from ivr.stores import open_store


def test_the_address_is_just_memory() -> None:
    open_store("memory:").close()
    with pytest.raises(SettingsError, match="memory:"):
        open_store("memory:///calls")


def test_an_unknown_store_names_the_known_ones() -> None:
    with pytest.raises(SettingsError, match="memory:, postgresql:, sqlite:"):
        open_store("oracle://db")
