"""Publish releases: each action changes what is live and writes its audit entry in one commit of the store.

So all workers and machines that share the store switch at once: a new call reads what is live in its own transaction.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import msgspec

from ivr.errors import IvrError
from ivr.flow.model import Release
from ivr.stores import Store, UnitOfWork, in_one_commit

from .audit import AuditEntry, Draft
from .publication import Publication, read_publication

PUBLISHING, LIVE, COUNT = "publishing", "live", "count"
"""The collection of what is live, the key of the publication, and that of the number of audit entries."""
AUDIT, DRAFTS = "publishing_audit", "publishing_drafts"
SERVER = "ivr serve"
"""The name of the server in the audit."""
CHANGES_LIMIT = 30
"""The most sentences about a change that an audit entry keeps."""
_NAME = re.compile(r"[^\W_][\w.-]{0,39}")

_Change = Callable[[Publication], tuple[Publication, AuditEntry]]


class PublishingError(IvrError):
    """An action is refused; the text says why and what to do. Nothing has changed."""


class Publishing:
    """The publication of a store. Thread-safe. An action that raises PublishingError or StoreError changes nothing.

    An `AuditEntry` that is passed in needs `action`, `by`, `why` and what else is to be remembered; its number, its
    time and the release before are filled in.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def publication(self, now: float) -> Publication:
        """Return what is live at a Unix time."""
        return live_in(self._store.text(PUBLISHING, LIVE)).as_of(now)

    def begin_with(self, release: Release, now: float) -> None:
        """Publish the first release of a store; do nothing if one is live."""
        self._keep(release)
        entry = AuditEntry(0, now, "publish", SERVER, release.version, why="nothing was published before")

        def begin(unit: UnitOfWork) -> None:
            before = live_in(unit.text(PUBLISHING, LIVE))
            if not before.version:
                _write(unit, before, before.published(release.version, now), entry)

        in_one_commit(self._store, begin)

    def publish(self, release: Release, entry: AuditEntry, *, expected: str) -> AuditEntry:
        """Let all new calls get a release, if `expected` is still live."""
        # The files first: a publication must never name a release that another server cannot read.
        self._keep(release)
        return self._do(entry, release.version, lambda old: old.published(release.version, entry.at), expected)

    def stage(self, release: Release, entry: AuditEntry, *, expected: str) -> AuditEntry:
        """Let a share of new calls get a release."""
        if not 0 < entry.share < 1:
            raise PublishingError("a share is more than 0 % and less than 100 %.")
        self._keep(release)
        version, share = release.version, entry.share
        return self._do(entry, version, lambda old: old.with_staged(version, share, entry.at), expected)

    def plan(self, release: Release, entry: AuditEntry, *, expected: str) -> AuditEntry:
        """Let all new calls get a release from `entry.planned_at` on."""
        if entry.planned_at <= entry.at:
            raise PublishingError("the time of a planned release must be in the future.")
        self._keep(release)
        version, at = release.version, entry.planned_at
        return self._do(entry, version, lambda old: old.with_planned(version, at), expected)

    def save_draft(self, release: Release, entry: AuditEntry) -> AuditEntry:
        """Store a release under the name `entry.draft`, which replaces the draft of that name. Nothing goes live."""
        if not _NAME.fullmatch(entry.draft):
            raise PublishingError("the name of a draft is a word of at most 40 letters, digits, dots and dashes.")
        self._keep(release)
        draft = Draft(entry.draft, release.version, entry.at, entry.by, entry.why)

        def save(unit: UnitOfWork) -> AuditEntry:
            unit.change(DRAFTS, entry.draft, lambda _: msgspec.to_builtins(draft))
            before = live_in(unit.text(PUBLISHING, LIVE))
            return _write(unit, before, before, msgspec.structs.replace(entry, version=release.version))

        return in_one_commit(self._store, save)

    def rollback(self, entry: AuditEntry, version: str = "") -> AuditEntry:
        """Undo the newest action: end the staged release, or let the release before be live again.

        With `version`, an earlier release is live again.
        """

        def undo(old: Publication) -> tuple[Publication, AuditEntry]:
            if not version and old.staged is not None:
                ended = msgspec.structs.replace(entry, action="end_stage", version=old.staged.version)
                return old.without_staged(), ended
            if not version and not old.earlier:
                raise PublishingError("no release was live before this one; ivr versions lists them.")
            target = version or old.earlier[-1]
            if target == old.version:
                raise PublishingError(f"{target} is live already.")
            return old.rolled_back(target, entry.at), msgspec.structs.replace(entry, version=target)

        return self._change(undo, entry.at)

    def unplan(self, entry: AuditEntry) -> AuditEntry:
        """Withdraw the planned release."""

        def withdraw(old: Publication) -> tuple[Publication, AuditEntry]:
            if old.planned is None:
                raise PublishingError("no release is planned.")
            return old.without_planned(), msgspec.structs.replace(entry, version=old.planned.version)

        return self._change(withdraw, entry.at)

    def refuse(self, entry: AuditEntry) -> AuditEntry:
        """Record that a release was refused, with the objections in `overruled` left unsettled."""
        return self._change(lambda old: (old, entry), entry.at)

    def begin_planned(self, now: float) -> AuditEntry | None:
        """Record that the planned release has gone live, once it has; its calls have had it since its time."""

        def begin(unit: UnitOfWork) -> AuditEntry | None:
            old = live_in(unit.text(PUBLISHING, LIVE))
            if old.planned is None or now < old.planned.at:
                return None
            version, at = old.planned.version, old.planned.at
            entry = AuditEntry(0, now, "begin", SERVER, version, planned_at=at, why="as planned")
            return _write(unit, old, old.as_of(now), entry)

        return in_one_commit(self._store, begin)

    def return_from(self, staged_since: float, why: str, now: float) -> AuditEntry | None:
        """Take the staged release back from its calls automatically; do nothing if it is not staged any more."""

        def take_back(unit: UnitOfWork) -> AuditEntry | None:
            old = live_in(unit.text(PUBLISHING, LIVE))
            # Told apart by its begin: the same release may have been staged again since it was judged.
            if old.staged is None or old.staged.since != staged_since:
                return None
            entry = AuditEntry(0, now, "return", SERVER, old.staged.version, why=why, share=old.staged.share)
            return _write(unit, old, old.without_staged(), entry)

        return in_one_commit(self._store, take_back)

    def drafts(self) -> list[Draft]:
        """Return the drafts by name."""
        documents = (self._store.get(DRAFTS, name) for name in self._store.keys(DRAFTS))
        return [msgspec.convert(document, Draft) for document in documents if document is not None]

    def entries(self, limit: int = 20) -> list[AuditEntry]:
        """Return the newest audit entries, the newest first."""
        last = _count(self._store.get(PUBLISHING, COUNT))
        keys = [_entry_key(number) for number in range(last, max(0, last - limit), -1)]
        documents = (self._store.get(AUDIT, key) for key in keys)
        return [msgspec.convert(document, AuditEntry) for document in documents if document is not None]

    def version_of(self, name: str) -> str:
        """Return the version of a draft, or of the beginning of a version that is stored and in the audit."""
        matching = {draft.version for draft in self.drafts() if draft.name == name}
        if not matching:
            every = {entry.version for entry in self.entries(10_000) if entry.version.startswith(name)}
            matching = {version for version in every if self._store.release(version) is not None}
        if len(matching) != 1:
            what = "several versions begin so" if matching else "there is no such version or draft"
            raise PublishingError(f'"{name}": {what}; ivr versions lists them.')
        return matching.pop()

    def _keep(self, release: Release) -> None:
        if self._store.release(release.version) is None:
            self._store.keep_release(release.version, release.files)

    def _do(
        self, entry: AuditEntry, version: str, update: Callable[[Publication], Publication], expected: str
    ) -> AuditEntry:
        def do(old: Publication) -> tuple[Publication, AuditEntry]:
            # The changes that were shown to the editor and checked were those against this release.
            if old.version != expected:
                raise PublishingError(
                    f"{old.version or 'nothing'} is live by now, and this was compared with {expected or 'nothing'}; "
                    "look at ivr versions and publish again."
                )
            return update(old), msgspec.structs.replace(entry, version=version)

        return self._change(do, entry.at)

    def _change(self, change: _Change, at: float) -> AuditEntry:
        def work(unit: UnitOfWork) -> AuditEntry:
            old = live_in(unit.text(PUBLISHING, LIVE))
            return _write(unit, old, *change(old))

        # Else the audit would say that the action replaced a release which was no longer live.
        self.begin_planned(at)
        return in_one_commit(self._store, work)


def live_in(text: str | None) -> Publication:
    """Return the publication of its stored text. Raises PublishingError if another version of ivr wrote it."""
    try:
        return read_publication(text)
    except msgspec.MsgspecError:
        raise PublishingError("what is live was written by another version of ivr; use that one.") from None


def _write(unit: UnitOfWork, old: Publication, new: Publication, entry: AuditEntry) -> AuditEntry:
    counted = unit.change(PUBLISHING, COUNT, lambda before: {"entries": _count(before) + 1})
    entry = msgspec.structs.replace(
        entry, number=_count(counted), before=old.version, changes=tuple(entry.changes[:CHANGES_LIMIT])
    )
    unit.change(AUDIT, _entry_key(entry.number), lambda _: msgspec.to_builtins(entry))
    if new != old:
        unit.change(PUBLISHING, LIVE, lambda _: msgspec.to_builtins(new))
    return entry


def _entry_key(number: int) -> str:
    return f"{number:08}"


def _count(document: Any) -> int:
    return int(document["entries"]) if document else 0
