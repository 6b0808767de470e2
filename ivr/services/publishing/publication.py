"""Which release new calls get, and how that changes. Pure: the service beside it stores what is computed here."""

from __future__ import annotations

import hashlib

import msgspec
from msgspec.structs import replace

EARLIER_LIMIT = 50
"""The most releases that `ivr rollback` can go back, one after another."""


class StagedRelease(msgspec.Struct, frozen=True):
    """A release that a share of new calls gets, from 0 to 1, since a Unix time."""

    version: str
    share: float
    since: float


class PlannedRelease(msgspec.Struct, frozen=True):
    """A release that all new calls get from the Unix time `at` on."""

    version: str
    at: float


class Publication(msgspec.Struct, frozen=True):
    """The release that is live since a Unix time ("" before the first), and what stands beside it.

    `earlier` are the releases that were live before it, the oldest first.
    """

    version: str = ""
    since: float = 0.0
    earlier: tuple[str, ...] = ()
    staged: StagedRelease | None = None
    planned: PlannedRelease | None = None

    def version_for(self, call_id: str, now: float) -> str:
        """Return the release of a new call. The same call always gets the same one."""
        live = self.as_of(now)
        # The time of a planned release has come; whether a server has recorded it yet makes no difference to callers.
        if live is not self:
            return live.version
        if self.staged is not None and place_of_call(call_id) < self.staged.share:
            return self.staged.version
        return self.version

    def as_of(self, now: float) -> Publication:
        """Return the state at a Unix time: the planned release is live from its time on."""
        if self.planned is None or now < self.planned.at:
            return self
        return self.published(self.planned.version, self.planned.at)

    def versions(self) -> tuple[str, ...]:
        """Return every release that a new call may get, now or as planned."""
        beside = (each.version for each in (self.staged, self.planned) if each is not None)
        return tuple(dict.fromkeys([self.version, *beside]))

    def published(self, version: str, now: float) -> Publication:
        """Return the state in which a release is live for all; what was staged or planned beside it is dropped."""
        earlier = (*self.earlier, self.version)[-EARLIER_LIMIT:] if self.version else ()
        return Publication(version, now, earlier)

    def rolled_back(self, version: str, now: float) -> Publication:
        """Return the state in which an earlier release is live again, and those since are forgotten."""
        if version not in self.earlier:
            return self.published(version, now)
        # The newest occurrence, since a release may have been live several times.
        place = len(self.earlier) - 1 - self.earlier[::-1].index(version)
        return Publication(version, now, self.earlier[:place])

    def with_staged(self, version: str, share: float, now: float) -> Publication:
        """Return the state in which a share of new calls gets a release."""
        return replace(self, staged=StagedRelease(version, share, now))

    def with_planned(self, version: str, at: float) -> Publication:
        """Return the state in which a release goes live at a time."""
        return replace(self, planned=PlannedRelease(version, at))

    def without_staged(self) -> Publication:
        """Return the state in which all new calls get the live release."""
        return replace(self, staged=None)

    def without_planned(self) -> Publication:
        """Return the state in which nothing is planned."""
        return replace(self, planned=None)


def place_of_call(call_id: str) -> float:
    """Return a number from 0 to 1 that is fixed for a call and spread evenly over calls."""
    return int.from_bytes(hashlib.blake2b(call_id.encode(), digest_size=6).digest()) / 2**48


_decoder = msgspec.json.Decoder(Publication)


def read_publication(text: str | None) -> Publication:
    """Decode a stored publication; without one nothing is published. Raises msgspec.MsgspecError for another form."""
    return Publication() if text is None else _decoder.decode(text.encode())
