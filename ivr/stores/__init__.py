"""Where calls are kept. A store is a module here, named after the scheme of its address, that has `connect(url)`."""

from __future__ import annotations

from importlib import import_module

from ..engine.ports import CallStore
from ..settings import store_kind

__all__ = ["open_store"]


def open_store(url: str) -> CallStore:
    """Open the store that an address names, such as `memory:` or `sqlite:///var/ivr.db`.

    Raises SettingsError for an address that no store understands, StoreError when the store cannot be used.
    """
    store: CallStore = import_module(f"{__name__}.{store_kind(url)}").connect(url)
    return store
