"""Discover the kinds that a package defines: one module per kind, named after it. Must not know any kind itself."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from importlib.metadata import entry_points
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
            # Classes that a module only imports belong to the module that defines them.
            if issubclass(cls, base) and cls.__module__ == module.__name__ and not inspect.isabstract(cls):
                kind = getattr(cls, "kind", None)
                if kind != entry.name:
                    raise ValueError(
                        f"{module.__name__} holds the kind {kind!r}; file and kind must be called the same"
                    )
                kinds[kind] = cls
    return kinds


def folder_kinds(package: ModuleType, module: str, base: type[_T]) -> dict[str, type[_T]]:
    """Return the class below `base` that `module` of each folder of the package defines, by its `kind`.

    Raises ValueError when a folder's name and its kind differ.
    """
    classes: dict[str, type[_T]] = {}
    for entry in pkgutil.iter_modules(package.__path__):
        if entry.ispkg and not entry.name.startswith("_"):
            inner = importlib.import_module(f"{package.__name__}.{entry.name}.{module}")
            for cls in _classes_of(inner, base):
                kind = getattr(cls, "kind", None)
                if kind != entry.name:
                    raise ValueError(
                        f"{inner.__name__} holds the kind {kind!r}; folder and kind must be called the same"
                    )
                classes[entry.name] = cls
    return classes


def plugin_kinds(group: str, base: type[_T]) -> dict[str, type[_T]]:
    """Return the classes that other distributions offer as entry points of a group, by the entry points' names.

    Raises ValueError for an entry point that cannot be imported or is no class below `base`.
    """
    classes: dict[str, type[_T]] = {}
    for entry in entry_points(group=group):
        try:
            cls = entry.load()
        except Exception as fault:  # a plug-in may raise anything while it is imported
            reason = f"{type(fault).__name__}: {fault}"
            raise ValueError(f"the entry point {entry.name!r} of {group} cannot be imported: {reason}") from fault
        if not (inspect.isclass(cls) and issubclass(cls, base)):
            raise ValueError(f"the entry point {entry.name!r} of {group} is no {base.__name__}")
        classes[entry.name] = cls
    return classes


def _classes_of(module: ModuleType, base: type[_T]) -> list[type[_T]]:
    classes = [cls for _, cls in inspect.getmembers(module, inspect.isclass)]
    return [cls for cls in classes if issubclass(cls, base) and cls.__module__ == module.__name__]
