"""What is the same in all calls of a release, composed when a call needs it first: menus, phrases, expected words."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

_T = TypeVar("_T")

MOST_CACHED = 8192
"""Flows and languages are few, but the sets of choices that conditions leave may be many."""


class ReleaseCache:
    """Values of pure functions of a release by key. Thread-safe: two threads that miss compose equal values."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, Any] = {}

    def once(self, key: Hashable, compose: Callable[[], _T]) -> _T:
        """Return the value of a key; compose it when it is not there. The key must name all that it depends on."""
        value: _T | None = self._kept.get(key)
        if value is None:
            if len(self._kept) >= MOST_CACHED:
                self._kept.clear()
            value = self._kept[key] = compose()
        return value

    def __len__(self) -> int:
        """Count what is kept."""
        return len(self._kept)
