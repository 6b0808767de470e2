"""The store that the server keeps, for commands that read or change it beside the server."""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ._sockets import Refused

if TYPE_CHECKING:
    from ivr.crypto import Seal
    from ivr.settings import Settings
    from ivr.stores import Store

KEY_SETTINGS = ("IVR_KEY", "IVR_KEY_FILE", "TWILIO_AUTH_TOKEN", "TWILIO_AUTH_TOKEN_FILE")


def settings_for(*names: str) -> Settings:
    """Read the store's address and the settings named; whatever else is set may be wrong and does not matter here."""
    from ivr.settings import Settings

    wanted = ("IVR_STORE", *names)
    return Settings.from_environment({name: os.environ[name] for name in wanted if name in os.environ})


@contextmanager
def kept_store(settings: Settings) -> Iterator[Store]:
    """Open the store. Raises Refused where opening would make a new one, which nobody else would see."""
    from ivr.settings import store_file
    from ivr.stores import open_store

    file = store_file(settings.store)
    if settings.store.startswith("memory:"):
        raise Refused("a store in memory is gone with its server; set IVR_STORE to the one that the server keeps.")
    if file is not None and not file.exists():
        raise Refused(f"there is no store at {file}; set IVR_STORE to the one that the server keeps.")
    store = open_store(settings.store)
    try:
        yield store
    finally:
        store.close()


def seal_of(settings: Settings) -> Seal | None:
    """Return the server's seal; None where its key is not here. No key is made: with it nothing would be found."""
    from ivr.crypto import Seal
    from ivr.settings import store_file

    file = store_file(settings.store)
    there = bool(settings.key or settings.auth_token) or file is None or file.with_suffix(".key").exists()
    return Seal.from_settings(settings) if there else None


def operator() -> str:
    """Return who works at this terminal, for what is kept of a deed."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "operator"
