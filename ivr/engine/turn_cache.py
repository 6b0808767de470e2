"""A cache of one turn: values that are composed anew only after what they are composed of has changed."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from operator import is_
from typing import Any, TypeVar

_T = TypeVar("_T")


class TurnCache:
    """The newest value of each key, with its sources. Calls and frames are replaced when they change, never edited.

    So the identity of a source says whether it is the same, without a comparison of all variables at each use.
    """

    def __init__(self) -> None:
        self._composed: dict[Hashable, tuple[tuple[object, ...], Any]] = {}

    def once(self, key: Hashable, sources: tuple[object, ...], compose: Callable[[], _T]) -> _T:
        """Return the value of a key; compose it at the first use, and when any of its sources is another object."""
        stored = self._composed.get(key)
        if stored is None or not all(map(is_, stored[0], sources)):
            stored = self._composed[key] = (sources, compose())
        value: _T = stored[1]
        return value
