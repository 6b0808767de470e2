"""Stores for calls, documents and the board.

A store is a module named after its URL scheme that defines `connect` and `exists`.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Protocol, runtime_checkable

from ivr.engine.ports import Board, CallStore, Documents
from ivr.settings import store_kind

from ._unit_of_work import UnitOfWork, attempts, in_one_commit, retries

__all__ = ["Store", "UnitOfWork", "Watched", "attempts", "in_one_commit", "open_store", "retries", "store_exists"]


class Store(CallStore, Documents, Board, Protocol):
    """A store of calls, documents and the board, as `connect` of every store module returns it."""


@runtime_checkable
class Watched(Protocol):
    """A store that notices troubles before they make it unusable."""

    def troubles(self) -> Sequence[str]:
        """Return the reasons why this store will become unusable if no operator acts."""


def open_store(url: str) -> Store:
    """Open the store of a URL such as `memory:` or `sqlite:///var/ivr.db`.

    Raises SettingsError for a URL that no store accepts, StoreError when the store cannot be used.
    """
    store: Store = import_module(f"{__name__}.{store_kind(url)}").connect(url)
    return store


def store_exists(url: str) -> bool:
    """Return whether a store has been created at a URL; opening it would create one. Raises as `open_store` does."""
    return bool(import_module(f"{__name__}.{store_kind(url)}").exists(url))
