"""Which agents take the callers of a desk, and from when on: what `overflow`, `overflow_after` and `reserved` mean.

Each desk of an agent lets callers in by itself: its own callers at once; callers of a desk that overflows to it after
the `overflow_after` of theirs; with `reserved`, callers of any other desk once the agent has been idle that long, and
then those who overflow to it wait for that, too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .model import Desk, Hotline


@dataclass(frozen=True)
class Access:
    """A way of callers to an agent: after `waited` seconds of waiting, once the agent was idle for `idle` seconds."""

    waited: float
    idle: float

    def is_as_soon_as(self, other: Access) -> bool:
        """Return whether this way is open whenever the other is."""
        return self.waited <= other.waited and self.idle <= other.idle


def accesses(line: Hotline, own: Desk, desks: Iterable[str]) -> list[Access]:
    """Return the ways of the callers of a desk to an agent of `desks`; none if the agent never serves them."""
    overflow = {name.name for name in own.overflow}
    ways = []
    for name in desks:
        # An agent of the caller's own desk needs no other way, and any other one would only be later.
        if name == own.name:
            return [Access(0.0, 0.0)]
        reserved = line.desks[name].reserved if name in line.desks else None
        # A reserve goes before overflow: an agent who is kept for VIPs is kept from those who overflow to the desk,
        # too.
        if reserved is not None:
            ways.append(Access(0.0, reserved))
        elif name in overflow:
            ways.append(Access(own.overflow_after, 0.0))
    return ways
