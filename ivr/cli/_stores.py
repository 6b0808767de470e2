"""Open the server's store, for commands that work beside the server. Must not create a store or a key."""

from __future__ import annotations

import getpass
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from ivr.settings import VARIABLES

from ._refused import Refused

if TYPE_CHECKING:
    from ivr.crypto import Seal
    from ivr.settings import Settings
    from ivr.stores import Store

TOKEN = VARIABLES["auth_token"]
KEY_SETTINGS = ("IVR_KEY", "IVR_KEY_FILE")
NO_KEY = "the server's key is missing; set IVR_KEY as on the server."


def settings_for(*names: str) -> Settings:
    """Read IVR_STORE and the settings named; errors in other settings do not matter."""
    from ivr.settings import Settings

    variables = ("IVR_STORE", *names)
    # A command for staff must work although another setting is wrong, such as the carrier's token.
    return Settings.from_environment({name: os.environ[name] for name in variables if name in os.environ})


def lacks_store(settings: Settings) -> bool:
    """Return whether the store does not exist yet."""
    from ivr.stores import store_exists

    return not store_exists(settings.store)


@contextmanager
def kept_store(settings: Settings, *, reads: bool = False) -> Iterator[Store]:
    """Open the store. Raises Refused if it does not exist or is in memory: opening would create a new one.

    A command that only `reads` gets an empty store instead of one that does not exist, and a note is printed.
    """
    from ivr.settings import masked_address
    from ivr.stores import open_store

    if settings.store.startswith("memory:"):
        raise Refused("a store in memory cannot be read by another program; set IVR_STORE to the store of the server.")
    if lacks_store(settings):
        address = masked_address(settings.store)
        if not reads:
            raise Refused(f"there is no store at {address}; start the server once, or set IVR_STORE to its store.")
        from ivr.stores.memory import MemoryStore

        click.echo(f"There is no store at {address} yet, so there is nothing to show; ivr serve creates it.", err=True)
        yield MemoryStore()
        return
    store = open_store(settings.store)
    try:
        yield store
    finally:
        store.close()


def seal_of(settings: Settings) -> Seal | None:
    """Return the server's seal, or None if its key is not available. A new key could not decrypt anything."""
    from ivr.crypto import Seal
    from ivr.settings import store_file

    # Without IVR_KEY the key lies beside a SQLite store; a command that made one would lock the server out.
    file = store_file(settings.store)
    has_key = bool(settings.key) or file is None or file.with_suffix(".key").exists()
    return Seal.from_settings(settings) if has_key else None


def operator() -> str:
    """Return the user name at this terminal, which is stored with locks and marks."""
    try:
        return getpass.getuser()
    # In a container the user may have a number and no name.
    except (OSError, KeyError):
        return "operator"
