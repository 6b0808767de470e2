"""The release that is live in a store, and releases that the store holds."""

from __future__ import annotations

from pathlib import Path

from ivr.engine.ports import CallStore
from ivr.errors import StoreError
from ivr.flow.loader import load, reload
from ivr.flow.model import Release
from ivr.services.publishing.service import Publishing
from ivr.stores import Store

from .step_registry import catalogue


def published_release(store: Store, folder: Path, now: float, prepared: Release | None = None) -> Release:
    """Return the release that is live in a store; in a store without one, publish the flow files of a folder.

    `prepared` was read already, and is used where it is the right one. Raises FlowError if the flows cannot be used,
    or StoreError.
    """
    publishing = Publishing(store)
    if not publishing.publication(now).version:
        publishing.begin_with(prepared or load(folder, catalogue()), now)
    # Read again after `begin_with`: another process may have published first, and then its release is the live one.
    version = publishing.publication(now).version
    return prepared if prepared and prepared.version == version else stored_release(store, version)


def stored_release(store: CallStore, version: str) -> Release:
    """Read a release from a store. Raises FlowError if this version of ivr refuses it, or StoreError."""
    files = store.release(version)
    if files is None:
        raise StoreError(f"the flows of release {version} are not in the store")
    return reload(files, catalogue())
