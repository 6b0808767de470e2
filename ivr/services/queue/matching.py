"""The matching of callers and agents: callers in order of rank, each with the most suitable agent. Pure functions.

Nothing is reserved. A caller who asks gets the agent of a matching of all waiters with all free agents; the agent of an
earlier caller stays free until that caller asks. A caller for whom no free agent is left may move an earlier caller to
another agent, so that no agent is idle while a different matching would serve one more caller.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ivr.flow.desk_access import accesses
from ivr.flow.model import Hotline
from ivr.speech.languages import family_of

from .access import admits, may_serve
from .availability import desk_of, is_active, is_due, is_free, waiting
from .priority import is_first, rank
from .state import Agent, QueueState, Waiter


@dataclass(frozen=True)
class Pair:
    """A caller and the agent to ring. `credits` are those of the sites after this call."""

    waiter: Waiter
    agent: Agent
    credits: Mapping[str, float]


def ranked(state: QueueState, line: Hotline, now: float) -> list[Waiter]:
    """Return all waiters in the order of service."""
    return sorted(waiting(state, line.waiting, now), key=lambda waiter: rank(waiter, line.waiting, now))


def match(state: QueueState, line: Hotline, now: float, *, calls_back: bool) -> list[Pair]:
    """Match waiters with free agents in order of rank. `calls_back` includes the waiters for a call back."""
    free = [agent for agent in state.agents.values() if is_free(agent, now)]
    if not free:
        return []
    pairing = _Pairing(state, line, now, free)
    for waiter in ranked(state, line, now):
        if len(pairing.taken) == len(free):
            break
        if not waiter.calls_back or (calls_back and is_due(waiter, line, now)):
            pairing.find(waiter, set())
    return pairing.pairs()


def fits(agent: Agent, waiter: Waiter, line: Hotline, now: float) -> bool:
    """Return whether a free agent may take a caller now: on one of the ways to this agent that is open."""
    first = is_first(waiter, line.waiting, now)
    waited, idle = max(0.0, now - waiter.entered), max(0.0, now - idle_since(agent))  # clocks of machines differ
    ways = accesses(line, desk_of(line, waiter.desk), agent.desks)
    return any(admits(waited, idle, way.waited, way.idle, first) for way in ways)


def speaks(agent: Agent, language: str) -> bool:
    """Return whether an agent speaks a language. en-GB is as good as en-US, but zh-HK is Cantonese."""
    return family_of(language) in map(family_of, agent.languages)


def idle_since(agent: Agent) -> float:
    """Return the time from which a free agent has been idle."""
    return max(agent.idle, agent.until if agent.state in ("wrap_up", "paused") else 0.0)


def preference(helps: bool, desks: int, idle_since: float) -> tuple[bool, int, float]:
    """Return the sort key of a free agent, best first: of the caller's own desk, of the fewest desks, idle longest."""
    return helps, desks, idle_since


class _Pairing:
    """A matching under construction: the agent of each waiter, and the credits of the sites."""

    def __init__(self, state: QueueState, line: Hotline, now: float, free: list[Agent]) -> None:
        self.state, self.line, self.now, self.free = state, line, now, free
        self.taken: dict[str, Waiter] = {}
        self.order: list[str] = []
        self.credits = {name: site.credit for name, site in state.sites.items()}
        self.after: dict[str, Mapping[str, float]] = {}
        self._languages: dict[tuple[str, str], bool] = {}

    def find(self, waiter: Waiter, tried: set[str]) -> bool:
        """Find an agent for a waiter; move an earlier waiter to another agent if necessary."""
        fitting = [agent for agent in self.free if agent.id not in tried and self._suits(agent, waiter)]
        if unclaimed := [agent for agent in fitting if agent.id not in self.taken]:
            self._give(waiter, self._best(unclaimed, waiter), unclaimed)
            return True
        for agent in fitting:
            if agent.id in tried:
                continue
            # Each agent once for a search (Kuhn's augmenting paths), so that it ends, and in time proportional to the
            # pairs.
            tried.add(agent.id)
            if self.find(self.taken[agent.id], tried):
                self._give(waiter, agent, [agent])
                return True
        return False

    def pairs(self) -> list[Pair]:
        """Return the pairs in order of rank."""
        agents = {waiter.id: name for name, waiter in self.taken.items()}
        return [
            Pair(self.taken[agents[name]], self.state.agents[agents[name]], self.after[name]) for name in self.order
        ]

    def _give(self, waiter: Waiter, agent: Agent, among: Iterable[Agent]) -> None:
        # A waiter who is moved gives the agent before back.
        for name in [name for name, holder in self.taken.items() if holder.id == waiter.id]:
            del self.taken[name]
        self.taken[agent.id] = waiter
        # The order is that of rank: a waiter who is moved keeps the place.
        if waiter.id not in self.after:
            self.order.append(waiter.id)
        self.after[waiter.id] = self._credited(agent.site, {agent_of_site.site for agent_of_site in among})

    def _credited(self, chosen: str, sites: set[str]) -> Mapping[str, float]:
        """Return the credits after a call (smooth weighted round robin): candidates gain weight, the chosen pays."""
        weights = {site: self._weight(site) for site in sites}
        after = {site: self.credits.get(site, 0.0) + weight for site, weight in weights.items()}
        after[chosen] -= sum(weights.values())
        self.credits.update(after)
        return after

    def _weight(self, site: str) -> int:
        return self.line.sites[site].weight if site in self.line.sites else 1

    def _suits(self, agent: Agent, waiter: Waiter) -> bool:
        if not fits(agent, waiter, self.line, self.now):
            return False
        return self._any_language(waiter) or speaks(agent, waiter.language)

    def _any_language(self, waiter: Waiter) -> bool:
        """Return whether any agent will do: none at work speaks the language, or the caller is first."""
        if is_first(waiter, self.line.waiting, self.now):
            return True
        asked = (waiter.desk, waiter.language)
        if asked not in self._languages:
            self._languages[asked] = any(
                speaks(agent, waiter.language)
                and is_active(agent, self.now)
                and may_serve(self.line, agent, waiter.desk)
                for agent in self.state.agents.values()
            )
        return not self._languages[asked]

    def _best(self, agents: list[Agent], waiter: Waiter) -> Agent:
        """Return the best of several suitable agents."""
        first = min(self._standing(agent, waiter) for agent in agents)
        equal = [agent for agent in agents if self._standing(agent, waiter) == first]
        site = max({agent.site for agent in equal}, key=lambda name: (self._share(name), name))
        there = (agent for agent in equal if agent.site == site)

        def key(agent: Agent) -> tuple[tuple[bool, int, float], str]:
            return preference(waiter.desk not in agent.desks, len(agent.desks), idle_since(agent)), agent.id

        return min(there, key=key)

    def _standing(self, agent: Agent, waiter: Waiter) -> tuple[bool, bool, bool]:
        """Return the sort key of an agent: a working site, then the caller's last agent, then the caller's own desk."""
        health = self.state.sites.get(agent.site)
        broken = health is not None and (health.down or self.now < health.until)
        return broken, agent.id != waiter.last_agent, waiter.desk not in agent.desks

    def _share(self, site: str) -> float:
        return self.credits.get(site, 0.0) + self._weight(site)
