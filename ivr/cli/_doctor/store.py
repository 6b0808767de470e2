"""Check whether the call store can be used. Must not create a store."""

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
        """Yield whether calls can be stored."""
        from ivr.settings import store_file
        from ivr.stores import open_store, store_exists

        address = next(s.value for s in deployment.settings.sources() if s.name == "IVR_STORE")
        if address.startswith("memory:"):
            yield Finding("warning", address, "calls are lost when the server ends", "Set IVR_STORE.")
            return
        try:
            if not store_exists(deployment.settings.store):
                yield _new_store(address, store_file(deployment.settings.store))
                return
            store = open_store(deployment.settings.store)
            try:
                store.load("ivr-doctor")
            finally:
                store.close()
        except IvrError as fault:
            yield Finding("error", address, str(fault))
            return
        yield Finding("fine", address, "opens, and can be read")


def _new_store(address: str, file: Path | None) -> Finding:
    if file is None:
        return Finding("fine", address, "answers; its tables will be created when the server first starts")
    folder = file.absolute().parent
    while not folder.exists():
        folder = folder.parent
    if os.access(folder, os.W_OK):
        return Finding("fine", address, "will be created when the server first starts")
    return Finding("error", address, f"cannot be created: {folder} is not writable", "Set IVR_STORE to another folder.")
