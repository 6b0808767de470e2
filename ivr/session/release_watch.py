"""A thread that follows what is published, so that a new release is ready before its first call.

A call does not wait for it: each new call reads what is live by itself. The thread begins planned releases, counts how
callers fare with a staged one, and takes it back when they fare worse.
"""

from __future__ import annotations

from collections.abc import Callable

from ivr.jobs.repeating import RepeatedJob
from ivr.services.publishing.publication import Publication
from ivr.services.publishing.service import LIVE, PUBLISHING, Publishing
from ivr.services.publishing.stage_judgement import worse_because
from ivr.services.publishing.tallies import forget_tallies, stage_tally
from ivr.stores import Store
from ivr.telemetry import log

from .releases import ReleaseEngines

FOLLOW_SECONDS = 1.0
JUDGED_EVERY = 5
"""The rounds between two looks at a staged release."""


class ReleaseWatch(RepeatedJob):
    """Follows the publication of a store for the engines of one process. `clock` returns Unix seconds."""

    def __init__(self, engines: ReleaseEngines, store: Store, clock: Callable[[], float]) -> None:
        super().__init__("ivr-releases", every=FOLLOW_SECONDS)
        self._engines, self._store, self._clock = engines, store, clock
        self._rounds = 0
        self._failing = False

    def _do_due(self) -> None:
        now = self._clock()
        text = self._store.text(PUBLISHING, LIVE)
        publication = self._engines.follow(text, now)
        publishing = Publishing(self._store)
        if publication.as_of(now) is not publication:
            publishing.begin_planned(now)
        self._rounds += 1
        if self._rounds % JUDGED_EVERY == 0:
            self._judge(publication, publishing, now)
        self._failing = False

    def _report(self, fault: Exception) -> None:
        if not self._failing:  # a store that is gone is reported once, not every second
            log.fault("releases", fault)
        self._failing = True

    def _judge(self, publication: Publication, publishing: Publishing, now: float) -> None:
        stage = publication.staged
        if stage is None:
            forget_tallies(self._store, None)
            return
        # This process counts in memory; without the flush, its newest turns would be missing from the judgement.
        self._engines.tallies.flush(self._store)
        staged = stage_tally(self._store, stage, stage.version)
        live = stage_tally(self._store, stage, publication.version)
        if why := worse_because(staged, live):
            # None when another server has returned first; only one of them writes the line to the log.
            entry = publishing.return_from(stage.since, why, now)
            if entry is not None:
                log.line("release_returned", version=stage.version, why=why)
