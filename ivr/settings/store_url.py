"""Read URLs of stores, such as `sqlite:///var/ivr.db`: kind and file."""

from __future__ import annotations

import pkgutil
from pathlib import Path
from urllib.parse import unquote, urlsplit

from ivr.errors import SettingsError

from .hidden import masked_address


def store_kinds() -> tuple[str, ...]:
    """Return the kinds of store: the modules of `ivr/stores` without underscore."""
    modules = pkgutil.iter_modules([str(Path(__file__).parent.parent / "stores")])
    return tuple(sorted(module.name for module in modules if not module.name.startswith("_")))


def store_kind(url: str) -> str:
    """Return the kind of store of a URL. Raises SettingsError for an unknown one."""
    kind, colon, _ = url.partition(":")
    if not colon or kind not in store_kinds():
        schemes = ", ".join(f"{name}:" for name in store_kinds())
        raise SettingsError(f"there is no store {masked_address(url)!r}; an address starts with one of {schemes}")
    return kind


def store_file(url: str) -> Path | None:
    """Return the file of a store URL such as `sqlite:///var/ivr.db`, or None if it names no file.

    Three slashes: relative to the current folder; four: absolute.
    """
    parts = urlsplit(url)
    if parts.netloc or not url.startswith(f"{parts.scheme}:///"):
        return None
    name = unquote(parts.path[1:])
    return Path(name) if name.strip("/") else None
