"""Locate the demo's flows, audio and conversations: inside an installed package, or beside it in a clone."""

from __future__ import annotations

from pathlib import Path

_PACKAGED = Path(__file__).resolve().parent
_CLONE = _PACKAGED.parent.parent
_IN_CLONE = {"flows": "flows", "audio": "audio", "conversations": "tests/conversations"}


def demo_folder(name: str) -> Path:
    """Return the folder of `flows`, `audio` or `conversations`."""
    packaged = _PACKAGED / name
    return packaged if packaged.is_dir() else _CLONE / _IN_CLONE[name]


def blank_folder() -> Path:
    """Return the folder of the minimal hotline: one flow, its line.yaml and its conversations."""
    return _PACKAGED / "blank"


def line_readme() -> Path:
    """Return the file that a folder made by `ivr new` has as README.md."""
    return _PACKAGED / "line.md"
