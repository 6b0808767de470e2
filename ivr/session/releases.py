"""The engines of all flow releases: the newest for new calls, older ones for live calls that began with them."""

from __future__ import annotations

import threading

from ivr.engine.engine import Engine
from ivr.engine.ports import CallStore
from ivr.engine.turn import Services
from ivr.errors import FlowStuck
from ivr.flow.loader import reload
from ivr.flow.model import Release

from .step_registry import catalogue


class ReleaseEngines:
    """One engine per release. A live call keeps the release it began with. Thread-safe."""

    def __init__(self, release: Release, services: Services, store: CallStore) -> None:
        self.newest = Engine(release, services)
        self._services, self._store = services, store
        self._older: dict[str, Engine] = {}
        self._lock = threading.Lock()

    def engine_of(self, version: str) -> Engine:
        """Return the engine of a release, read from the store when it is an older one. Raises FlowStuck."""
        if version == self.newest.release.version:
            return self.newest
        with self._lock:
            if version not in self._older:
                files = self._store.release(version)
                if files is None:
                    raise FlowStuck("the flows that this call began with are gone")
                self._older[version] = Engine(reload(files, catalogue()), self._services)
            return self._older[version]
