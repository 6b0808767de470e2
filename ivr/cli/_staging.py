"""What a conversation finds around its call: announcements that are on, desks that keep other hours, a queue.

For the simulator alone; nothing here touches a server that takes calls.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import partial

from ivr.agents.estimate import FEWEST_CALLS
from ivr.agents.floor import Agent, Floor, Handled, Waiter
from ivr.announcements import Announcement, switch_on
from ivr.app import Ivr
from ivr.calendar.hours import Hours
from ivr.flow.loader import LINE
from ivr.flow.model import ALWAYS, Desk, Reference, Release
from ivr.phone.conversation import Announced, Conversation
from ivr.problem import Place

from ._listening import Refused
from ._moments import DAY
from .announce import check_slot, prepared

TALK_SECONDS = 180.0
BUSY_AGENTS = 3
"""As many as it takes to reckon a wait from."""
LONG_AGO = 300.0
"""Seconds that the others wait already: nobody is served before them."""


def stage(ivr: Ivr, conversation: Conversation, now: float) -> None:
    """Arrange what the conversation asks for, besides hours. Raises Refused for what line.yaml does not have."""
    for one in conversation.announced:
        _announce(ivr, one, now)
    for desk, before in conversation.queue.items():
        _known("desk", desk, ivr.release.line.desks)
        ivr.queue.places_calls = True  # as where a carrier can ring back: else no call back is offered to who waits
        ivr.queue.keeper.change(partial(_queue, desk=desk, before=before, now=now))


def _queue(floor: Floor, *, desk: str, before: int, now: float) -> tuple[Floor, None]:
    busy = [
        Agent(id=f"{desk} {place}", number="+861085550190", desks=(desk,), state="talking", since=now)
        for place in range(BUSY_AGENTS)
    ]
    came = now - LONG_AGO
    others = [
        Waiter(id=f"{desk} {place}", desk=desk, priority="normal", entered=came, seen=now + DAY)
        for place in range(before)
    ]
    return floor.put(*busy, *others, Handled(id=desk, calls=((now - 1, TALK_SECONDS),) * FEWEST_CALLS)), None


def with_hours(release: Release, desks: Mapping[str, str]) -> Release:
    """Return the flows with other hours for some desks. Raises Refused for what line.yaml does not have."""
    line = release.line
    hours = {"closed": Hours.parse("closed"), **line.hours}
    kept = {desk: _with_hours(desk, name, line.desks, hours) for desk, name in desks.items()}
    return replace(release, line=replace(line, desks={**line.desks, **kept}, hours=hours))


def _with_hours(desk: str, name: str, desks: Mapping[str, Desk], hours: Mapping[str, Hours]) -> Desk:
    _known("desk", desk, desks)
    _known("opening hours", name, {ALWAYS, *hours})
    return replace(desks[desk], hours=None if name == ALWAYS else Reference(name, Place(LINE, 1, 1)))


def _known(what: str, name: str, known: Collection[str]) -> None:
    if name not in known:
        raise Refused(f'line.yaml has no {what} "{name}"; there are {", ".join(sorted(known))}.')


def _announce(ivr: Ivr, one: Announced, now: float) -> None:
    line = ivr.release.line
    check_slot(one.slot, line)
    texts = prepared(one.slot, one.preset, line) if one.preset else one.texts
    until = now + DAY if one.until is None else one.until
    said = Announcement(texts, now, until, one.preset, one.lines, one.drill, one.callers)
    switch_on(ivr.store, one.slot, said)
