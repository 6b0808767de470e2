"""Scratch: the data of a step between its turns, a frozen record declared by each kind, stored as a map by name."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Self, TypeVar

from .call import Values


@dataclass(frozen=True)
class Scratch:
    """The base of every kind's scratch. Each field has a plain default, which it has when the step is entered.

    The fields of a base step and of its kind share one map, so a name means the same in both. Why dataclasses: mypy
    checks the names that `dataclasses.replace` is given.
    """

    @classmethod
    def read(cls, stored: Values) -> Self:
        """Return the declared fields from the stored map; others are left alone."""
        fields = cls.__dataclass_fields__
        values = {name: value for name, value in stored.items() if name in fields}
        return cls(**values) if values else _unset(cls)  # type: ignore[arg-type]  # classes are hashable

    def merged_into(self, stored: Values) -> dict[str, Any]:
        """Return the stored map with these fields in it; a field that has its default is left out."""
        merged = dict(stored)
        for name, value in vars(self).items():
            # A frame with empty scratch is stored without it (`omit_defaults`), which is the case of most steps.
            if value == getattr(type(self), name):
                merged.pop(name, None)
            else:
                merged[name] = value
        return merged


S = TypeVar("S", bound=Scratch)


@cache
def _unset(kind: type[S]) -> S:
    """Return the scratch of a step that was just entered; frozen, so that all calls can share it."""
    return kind()
