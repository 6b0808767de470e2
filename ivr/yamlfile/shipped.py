"""Data files in YAML that ship with the code, such as profiles, limits and phrasebooks. Not what editors write."""

from __future__ import annotations

from importlib.resources.abc import Traversable

from .source import Mapping, read_text


def shipped_block(file: Traversable) -> Mapping:
    """Return the block that a shipped file holds. Raises AssertionError for a file that was spoiled after its tests."""
    root, problems = read_text(file.read_text("utf-8"), file.name)
    if problems or not isinstance(root, Mapping):
        raise AssertionError(f"the shipped {file.name} cannot be read: {problems}")
    return root
