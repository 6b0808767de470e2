"""Open the server's store, for commands that work beside the server. Must not create a store or a key."""

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
    """Read IVR_STORE and the settings named; errors in other settings do not matter."""
    from ivr.settings import Settings

    variables = ("IVR_STORE", *names)
    return Settings.from_environment({name: os.environ[name] for name in variables if name in os.environ})


@contextmanager
def kept_store(settings: Settings) -> Iterator[Store]:
    """Open the store. Raises Refused if it does not exist or is in memory: opening would create a new one."""
    from ivr.settings import masked_address
    from ivr.stores import open_store, store_exists

    if settings.store.startswith("memory:"):
        raise Refused("a store in memory cannot be read by another program; set IVR_STORE to the store of the server.")
    if not store_exists(settings.store):
        address = masked_address(settings.store)
        raise Refused(f"there is no store at {address}; start the server once, or set IVR_STORE to its store.")
    store = open_store(settings.store)
    try:
        yield store
    finally:
        store.close()


def seal_of(settings: Settings) -> Seal | None:
    """Return the server's seal, or None if its key is not available. A new key could not decrypt anything."""
    from ivr.crypto import Seal
    from ivr.settings import store_file

    file = store_file(settings.store)
    has_key = bool(settings.key or settings.auth_token) or file is None or file.with_suffix(".key").exists()
    return Seal.from_settings(settings) if has_key else None


def operator() -> str:
    """Return the user name at this terminal, which is stored with locks and marks."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "operator"
