"""How callers wait for an agent: the rules of `queue` in line.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .ordinary_numbers import AGENT_TELEPHONES, is_ordinary

PREEMPTING = frozenset({"loss", "fraud"})
"""The priorities of a bank that count as past the bound at once, because money is leaving an account."""

HEAD_STARTS: Mapping[str, float] = {"complaint": 60.0, "elderly": 90.0, "vip": 120.0, "loss": 1000.0, "fraud": 1000.0}
"""Seconds by which a priority is served before normal callers of the same time, unless line.yaml says otherwise."""


CALL_BACKS_AN_HOUR = 200
"""The most call backs that are promised within an hour over all numbers, unless line.yaml says otherwise."""


@dataclass(frozen=True)
class Waiting:
    """How callers wait for an agent: order, limits and announcements. Times in seconds.

    Callers are served in the order of arrival minus the head start of their priority; those who have waited `bound`
    are served first, in the order of arrival. `announce` is the time between two announcements, `piece` the longest
    music before the queue is asked again, `place_kept` how long a dropped caller keeps the place, and `call_back_from`
    the expected wait from which a call back is offered. `elderly_` values apply to that priority. `call_backs_an_hour`
    are promised at most over all numbers; `agent_telephones` are the beginnings of agents' numbers, and sip:HOST for
    SIP addresses at a host; `call_back_to` are the beginnings of the numbers that may be called back. Callers of a
    priority in `preempting` count as past the bound at once.
    """

    head_starts: Mapping[str, float] = field(default_factory=lambda: HEAD_STARTS)
    preempting: frozenset[str] = PREEMPTING
    bound: float = 180.0
    most: int = 200
    announce: float = 75.0
    elderly_announce: float = 50.0
    piece: float = 15.0
    place_kept: float = 600.0
    call_back_from: float = 180.0
    elderly_call_back_from: float = 60.0
    call_back_tries: int = 2
    call_back_retry: float = 300.0
    call_back_to: tuple[str, ...] = ("+86",)
    agent_telephones: tuple[str, ...] = AGENT_TELEPHONES
    call_backs_an_hour: int = CALL_BACKS_AN_HOUR
    music: str = ""

    def head_start(self, priority: str) -> float:
        """Return the head start of a priority in seconds."""
        return self.head_starts.get(priority, 0.0)

    def offers_call_back_from(self, priority: str) -> float:
        """Return the expected wait in seconds from which callers of a priority are offered a call back."""
        return self.elderly_call_back_from if priority == "elderly" else self.call_back_from

    def may_call_back(self, number: str) -> bool:
        """Return whether a number with its country code may be called back: an ordinary line of an allowed country."""
        return is_ordinary(number, self.call_back_to)
