"""The engines of all flow releases: new calls get what is published, live calls what they began with."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable

from ivr.engine.engine import Engine
from ivr.engine.ports import CallStore
from ivr.engine.turn import Services
from ivr.errors import FlowError, FlowStuck, IvrError
from ivr.flow.loader import reload
from ivr.flow.model import Release
from ivr.services.publishing.publication import Publication
from ivr.services.publishing.service import LIVE, PUBLISHING, live_in
from ivr.services.publishing.tallies import ReleaseTallies
from ivr.stores import UnitOfWork
from ivr.telemetry import log

from .step_registry import catalogue

ENGINE_LIMIT = 16
"""The most engines of a process beside the newest; one that is needed again is read again, in a third of a second."""


class ReleaseEngines:
    """One engine per release. A live call keeps the release it began with. Thread-safe.

    With `follows`, new calls get what is published in the store; else they get the release of the beginning. `newest`
    is the engine of the release that is live for all; `on_newest` are called with each release that becomes it.
    """

    def __init__(self, release: Release, services: Services, store: CallStore, *, follows: bool = False) -> None:
        self.newest = Engine(release, services)
        self.tallies = ReleaseTallies()
        self.on_newest: list[Callable[[Release], None]] = []
        self._follows = follows
        self._services, self._store = services, store
        self._others: OrderedDict[str, Engine] = OrderedDict()
        self._lock, self._following = threading.Lock(), threading.Lock()
        self._read: tuple[str | None, Publication] = (None, Publication())
        self._unusable: set[str] = set()

    def for_new_call(self, unit: UnitOfWork, call_id: str, now: float) -> Engine:
        """Return the engine that a new call begins with: what is published when its unit of work reads."""
        if not self._follows:
            return self.newest
        version = self._publication(unit.text(PUBLISHING, LIVE)).version_for(call_id, now)
        engine = self._usable(version) if version else None  # a store that was emptied has nothing published
        return engine or self.newest

    def engine_of(self, version: str) -> Engine:
        """Return the engine of a release, read from the store when it is another one. Raises FlowStuck, FlowError."""
        newest = self.newest
        if version == newest.release.version:
            return newest
        # Read inside the lock, since many calls of one old release may arrive at once, and each would read it.
        with self._lock:
            engine = self._others.get(version)
            if engine is None:
                files = self._store.release(version)
                if files is None:
                    raise FlowStuck("the flows that this call began with are gone")
                engine = self._others[version] = Engine(reload(files, catalogue()), self._services)
            self._others.move_to_end(version)
            while len(self._others) > ENGINE_LIMIT:
                self._others.popitem(last=False)
            return engine

    def follow(self, text: str | None, now: float) -> Publication:
        """Take note of the stored publication: make its engines ready, and let the live release be the newest.

        Raises StoreError. A release that cannot be used here is reported once, and the one before stays.
        """
        publication = self._publication(text)
        if not self._follows or not publication.version:
            return publication
        live = publication.as_of(now)
        self.tallies.follow(live.staged)
        with self._following:
            for version in live.versions():
                is_new = version != self.newest.release.version and version not in self._others
                engine = self._usable(version)
                # Warmed before it becomes the newest: its first caller must not wait for phrases to be composed.
                if engine is not None and is_new:
                    engine.warm()
                if version == live.version and engine is not None and engine is not self.newest:
                    self._make_newest(engine)
        return publication

    def troubles(self) -> list[tuple[str, str]]:
        """Return why published releases cannot be used here."""
        return [("flows", f"release {version} cannot be used by this server") for version in sorted(self._unusable)]

    def _make_newest(self, engine: Engine) -> None:
        with self._lock:
            before, self.newest = self.newest, engine
            self._others.pop(engine.release.version, None)
            # Kept, since all live calls go on with the release they began with.
            self._others[before.release.version] = before
        log.line("release", version=engine.release.version)
        for take in self.on_newest:
            take(engine.release)

    def _usable(self, version: str) -> Engine | None:
        """Return the engine of a published release; None if it cannot be used here, so that callers are served."""
        if version in self._unusable:
            return None
        try:
            return self.engine_of(version)
        except (FlowError, FlowStuck) as fault:
            # Not tried again by this process: reading it would fail for every new call, at a third of a second each.
            self._unusable.add(version)
            log.fault("release", fault)
            return None

    def _publication(self, text: str | None) -> Publication:
        """Return a stored publication; the one read last stays in use while another version of ivr writes another."""
        last, publication = self._read
        if text == last:
            return publication
        try:
            publication = live_in(text)
        except IvrError as fault:
            log.fault("release", fault)
        # Also after a fault, so that a publication that cannot be read is reported once, not at every call.
        self._read = (text, publication)
        return publication
