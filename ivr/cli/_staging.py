"""Set the stage of a conversation: announcements that are on, and other opening hours of desks.

For the simulator only; must not touch a server that takes calls.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ivr.app import Ivr
from ivr.calendar.hours import Hours
from ivr.conversations.model import Announced, Conversation
from ivr.diagnostics.problem import Place
from ivr.flow.loader import LINE
from ivr.flow.model import ALWAYS, Desk, Reference, Release
from ivr.services.announcements import Announcement, switch_on

from ._datetime_param import DAY
from ._sockets import Refused
from .announce import check_slot, prepared


def announce(ivr: Ivr, conversation: Conversation, now: float) -> None:
    """Switch on the announcements of a conversation. Raises Refused for one that line.yaml does not have."""
    for announced in conversation.announced:
        _announce(ivr, announced, now)


def with_hours(release: Release, desks: Mapping[str, str]) -> Release:
    """Return the flows with other hours for some desks. Raises Refused for names that line.yaml does not have."""
    line = release.line
    hours = {"closed": Hours.parse("closed"), **line.hours}
    changed = {desk: _with_hours(desk, name, line.desks, hours) for desk, name in desks.items()}
    return replace(release, line=replace(line, desks={**line.desks, **changed}, hours=hours))


def _with_hours(desk: str, name: str, desks: Mapping[str, Desk], hours: Mapping[str, Hours]) -> Desk:
    for key, names, noun in (desk, desks, "desk"), (name, {ALWAYS, *hours}, "opening hours"):
        if key not in names:
            raise Refused(f'line.yaml has no {noun} "{key}"; there are {", ".join(sorted(names))}.')
    return replace(desks[desk], hours=None if name == ALWAYS else Reference(name, Place(LINE, 1, 1)))


def _announce(ivr: Ivr, announced: Announced, now: float) -> None:
    line = ivr.release.line
    check_slot(announced.slot, line)
    texts = prepared(announced.slot, announced.preset, line) if announced.preset else announced.texts
    until = now + DAY if announced.until is None else announced.until
    announcement = Announcement(
        texts, now, until, announced.preset, announced.lines, announced.drill, announced.callers
    )
    switch_on(ivr.store, announced.slot, announcement)
