"""What the queue promises, judged by the rows on its board alone.

- An agent has one call at a time, and a caller one agent; a call that is over gets none.
- Of callers alike, who came earlier is served earlier: an offer to a later caller needs a free agent for each before.
- When all calls are over, no caller waits, and no agent is kept from the next call.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

LIVE = ("ringing", "answered", "taken")
FRESH_SECONDS = 15.0
"""The age of a waiter's last request up to which the waiter is surely on the line."""
Row = Mapping[str, Any]


class QueueChecker:
    """Follows the board. `server_clock` is the time by which the servers wrote it."""

    report: Callable[[str], None]

    def __init__(self, server_clock: Callable[[], float]) -> None:
        self._clock = server_clock
        self.waiters: dict[str, Row] = {}
        self.agents: dict[str, Row] = {}
        self.offers: dict[str, Row] = {}
        self.made = 0
        self.clock_jumped = False
        """Whether legs may have ended early: their ends are wall-clock times."""
        self.ended: set[str] = set()
        self._ringing: dict[str, str] = {}

    def wrote(self, rows: Mapping[str, bytes | None]) -> None:
        """Follow one write."""
        fresh: list[Row] = []
        waiters, agents = dict(self.waiters), dict(self.agents)
        # A row is judged when the whole write is read: an offer and its agent's state come in one write, in any
        # order.
        for name, body in rows.items():
            kind, _, key = name.partition("/")
            table = {"waiters": waiters, "agents": agents, "offers": self.offers}.get(kind)
            if table is None:
                continue
            if body is None:
                table.pop(key, None)
                continue
            row = json.loads(body)
            # Later rows of an offer only change its state; who was passed over is decided when it is made.
            if kind == "offers" and key not in self.offers:
                fresh.append(row)
            table[key] = row
        for offer in fresh:
            self.made += 1
            if offer["waiter"] in self.ended:
                self.report(f"{offer['waiter']} was offered an agent after the end of the call")
            self._check_order(offer, waiters, agents, {other["agent"] for other in fresh})
        self.waiters, self.agents = waiters, agents
        self._check_pairs()

    def _check_order(
        self, offer: Row, waiters: Mapping[str, Row], agents: Mapping[str, Row], offered: set[str]
    ) -> None:
        """Check a new offer. Who waits and who is free is taken from the state before the write and after it."""
        mine, now = waiters.get(offer["waiter"]), self._clock()
        if mine is None or mine.get("by"):
            return
        before = [
            other
            for name, other in self.waiters.items()
            if name in waiters
            and _alike(other, mine)
            and other["entered"] < mine["entered"]
            and _waits(other)
            and _waits(waiters[name])
            # A waiter whose last request is older may have hung up unnoticed, and passing such a caller over is
            # right.
            and 0 <= now - other["seen"] <= FRESH_SECONDS
        ]
        # A worker decides by what it read, which may be the state before; an agent free in either could have been
        # matched.
        free = {name for state in (self.agents, agents) for name, agent in state.items() if _is_free(agent, now)}
        if len(before) >= len(free | offered):
            self.report(f"{mine['id']} was offered an agent before {len(before)} earlier callers like it")

    def _check_pairs(self) -> None:
        live = [offer for offer in self.offers.values() if offer.get("state", "ringing") in LIVE]
        for whose in ("agent", "waiter"):
            names = [offer[whose] for offer in live]
            for name in {name for name in names if names.count(name) > 1}:
                self.report(f"{whose} {name} has two calls at once")

    # at the carrier

    def rings(self, number: str, call: str) -> None:
        """Note that the carrier rings an agent's telephone for a call."""
        other = self._ringing.get(number, call)
        self._ringing[number] = call
        # After a jump the server may hold a talk for ended that the carrier still plays.
        if other != call and not self.clock_jumped:
            self.report(f"{number} is rung for {call} during a call with {other}")

    def released(self, call: str) -> None:
        """Note that a call, or a leg of it, is no longer with an agent."""
        self._ringing = {number: other for number, other in self._ringing.items() if other != call}

    def finish(self) -> None:
        """Check the board when all calls are over."""
        for waiter in self.waiters.values():
            if not waiter.get("by") and waiter.get("state", "waiting") in ("waiting", "ringing", "talking"):
                self.report(f"{waiter['id']} still waits in the queue")
        for agent in self.agents.values():
            if agent.get("state") in ("ringing", "talking"):
                self.report(f"agent {agent['id']} is kept in a call that is over")


def _alike(other: Row, mine: Row) -> bool:
    same = ("desk", "priority", "language")
    return not (other.get("by") or other.get("last_agent") or mine.get("last_agent")) and all(
        other.get(name) == mine.get(name) for name in same
    )


def _waits(waiter: Row) -> bool:
    return waiter.get("state", "waiting") == "waiting"


def _is_free(agent: Row, now: float) -> bool:
    if agent.get("state", "off") == "ready":
        return True
    return agent.get("state") in ("wrap_up", "paused") and 0 < agent.get("until", 0.0) <= now
