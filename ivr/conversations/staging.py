"""Prepare a conversation: switch announcements on, and replace opening hours of desks.

For the simulator only; must not change a server that takes calls.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ivr.calendar.hours import Hours
from ivr.diagnostics.problem import Place
from ivr.engine.ports import Documents
from ivr.errors import IvrError
from ivr.flow.loader import LINE
from ivr.flow.model import ALWAYS, Desk, Hotline, Reference, Release
from ivr.services.announcements import DEFAULT_SECONDS, Announcement, check_slot, prepared_texts, switch_on

from .model import Announced, Conversation


class StagingError(IvrError):
    """A conversation names a desk or opening hours that line.yaml lacks; the text lists the existing ones."""


def announce(documents: Documents, line: Hotline, conversation: Conversation, now: float) -> None:
    """Switch on the announcements of a conversation. Raises UnknownAnnouncement for one that line.yaml lacks."""
    for announced in conversation.announced:
        _announce(documents, line, announced, now)


def with_hours(release: Release, desks: Mapping[str, str]) -> Release:
    """Return the flows with replaced hours of desks. Raises StagingError for names that line.yaml lacks."""
    line = release.line
    # Conversations close a desk without a name for "closed" in line.yaml; one there goes before.
    hours = {"closed": Hours.parse("closed"), **line.hours}
    changed = {desk: _with_hours(desk, name, line.desks, hours) for desk, name in desks.items()}
    return replace(release, line=replace(line, desks={**line.desks, **changed}, hours=hours))


def _with_hours(desk: str, name: str, desks: Mapping[str, Desk], hours: Mapping[str, Hours]) -> Desk:
    for key, names, noun in (desk, desks, "desk"), (name, {ALWAYS, *hours}, "opening hours"):
        if key not in names:
            raise StagingError(f'line.yaml has no {noun} "{key}"; there are {", ".join(sorted(names))}.')
    return replace(desks[desk], hours=None if name == ALWAYS else Reference(name, Place(LINE, 1, 1)))


def _announce(documents: Documents, line: Hotline, announced: Announced, now: float) -> None:
    check_slot(announced.slot, line)
    texts = prepared_texts(announced.slot, announced.preset, line) if announced.preset else announced.texts
    until = now + DEFAULT_SECONDS if announced.until is None else announced.until
    announcement = Announcement(
        texts, now, until, announced.preset, announced.lines, announced.drill, announced.callers
    )
    switch_on(documents, announced.slot, announcement)
