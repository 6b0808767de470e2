"""Where calls, documents and the board are kept. A store is a module named after its scheme; it has `connect`."""

from __future__ import annotations

from importlib import import_module
from typing import Protocol

from ivr.engine.ports import Board, CallStore, Documents
from ivr.settings import store_kind

__all__ = ["Store", "open_store"]


class Store(CallStore, Documents, Board, Protocol):
    """What every module here offers: one object that keeps calls, documents and the board."""


def open_store(url: str) -> Store:
    """Open the store that an address names, such as `memory:` or `sqlite:///var/ivr.db`.

    Raises SettingsError for an address that no store understands, StoreError when the store cannot be used.
    """
    store: Store = import_module(f"{__name__}.{store_kind(url)}").connect(url)
    return store
