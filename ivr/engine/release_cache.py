"""A cache of values that are the same in all calls of a release: menus, phrases, expected words."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

_T = TypeVar("_T")

MOST_CACHED = 8192
"""A bound, because conditions can make many different sets of choices."""


class ReleaseCache:
    """Values of pure functions of a release by key. Thread-safe: two threads that miss compose equal values."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, Any] = {}

    def once(self, key: Hashable, compose: Callable[[], _T]) -> _T:
        """Return the value of a key; compute it at the first use. The key must contain all its dependencies."""
        value: _T | None = self._kept.get(key)
        if value is None:
            # Emptied as a whole: an order of use would need a lock at every read, and values are cheap to compose.
            if len(self._kept) >= MOST_CACHED:
                self._kept.clear()
            value = self._kept[key] = compose()
        return value

    def __len__(self) -> int:
        """Return the number of values."""
        return len(self._kept)
