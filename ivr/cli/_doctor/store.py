"""Whether the call store can be used. A store that is not there yet is not made."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from ivr.errors import IvrError

from . import Check, Deployment, Finding


class StoreCheck(Check):
    """Opens the store and reads from it."""

    kind = "store"
    order = 40

    def findings(self, deployment: Deployment) -> Iterator[Finding]:
        """Yield whether calls can be kept."""
        from ivr.settings import store_file
        from ivr.stores import open_store

        address = next(s.value for s in deployment.settings.sources() if s.name == "IVR_STORE")
        if address.startswith("memory:"):
            yield Finding("warning", address, "calls are forgotten when the server ends", "Set IVR_STORE.")
            return
        file = store_file(deployment.settings.store)
        if file is not None and not file.exists():
            yield _to_be_made(address, file)
            return
        try:
            store = open_store(deployment.settings.store)
            try:
                store.load("ivr-doctor")
            finally:
                store.close()
        except IvrError as fault:
            yield Finding("error", address, str(fault))
            return
        yield Finding("fine", address, "opens, and can be read")


def _to_be_made(address: str, file: Path) -> Finding:
    folder = file.absolute().parent
    while not folder.exists():
        folder = folder.parent
    if os.access(folder, os.W_OK):
        return Finding("fine", address, "is made when the server first starts")
    return Finding("error", address, f"cannot be made: {folder} may not be written to", "Set IVR_STORE elsewhere.")
