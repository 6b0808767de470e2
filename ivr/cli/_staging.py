"""What a conversation finds around its call: announcements that are on, and desks that keep other hours.

For the simulator alone; nothing here touches a server that takes calls.
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
    """Switch on what the conversation asks for. Raises Refused for what line.yaml does not have."""
    for one in conversation.announced:
        _announce(ivr, one, now)


def with_hours(release: Release, desks: Mapping[str, str]) -> Release:
    """Return the flows with other hours for some desks. Raises Refused for what line.yaml does not have."""
    line = release.line
    hours = {"closed": Hours.parse("closed"), **line.hours}
    kept = {desk: _with_hours(desk, name, line.desks, hours) for desk, name in desks.items()}
    return replace(release, line=replace(line, desks={**line.desks, **kept}, hours=hours))


def _with_hours(desk: str, name: str, desks: Mapping[str, Desk], hours: Mapping[str, Hours]) -> Desk:
    for given, known, what in (desk, desks, "desk"), (name, {ALWAYS, *hours}, "opening hours"):
        if given not in known:
            raise Refused(f'line.yaml has no {what} "{given}"; there are {", ".join(sorted(known))}.')
    return replace(desks[desk], hours=None if name == ALWAYS else Reference(name, Place(LINE, 1, 1)))


def _announce(ivr: Ivr, one: Announced, now: float) -> None:
    line = ivr.release.line
    check_slot(one.slot, line)
    texts = prepared(one.slot, one.preset, line) if one.preset else one.texts
    until = now + DAY if one.until is None else one.until
    said = Announcement(texts, now, until, one.preset, one.lines, one.drill, one.callers)
    switch_on(ivr.store, one.slot, said)
