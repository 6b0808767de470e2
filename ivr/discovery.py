"""Discover the kinds that a package defines: one module per kind, named after it. Must not know any kind itself."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from types import ModuleType
from typing import TypeVar

_T = TypeVar("_T")


def kinds_in(package: ModuleType, base: type[_T]) -> dict[str, type[_T]]:
    """Import the modules of a package and return their concrete subclasses of `base` by `kind`.

    Modules whose names begin with an underscore are skipped. Raises ValueError when a module's name and its kind
    differ, so that the file tree lists the kinds.
    """
    kinds: dict[str, type[_T]] = {}
    for entry in pkgutil.iter_modules(package.__path__):
        if entry.name.startswith("_"):
            continue
        module = importlib.import_module(f"{package.__name__}.{entry.name}")
        for _, cls in inspect.getmembers(module, inspect.isclass):
            if issubclass(cls, base) and cls.__module__ == module.__name__ and not inspect.isabstract(cls):
                kind = getattr(cls, "kind", None)
                if kind != entry.name:
                    raise ValueError(
                        f"{module.__name__} holds the kind {kind!r}; file and kind must be called the same"
                    )
                kinds[kind] = cls
    return kinds
