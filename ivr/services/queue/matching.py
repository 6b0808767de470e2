"""Who is connected with whom: the callers in the order of their rank, each with the agent who suits best. Pure.

Nothing is reserved. Whoever asks gets the agent that this pairing of everyone with everyone gives; an agent meant for
somebody before stays free until that caller asks. A caller for whom no free agent is left may move an earlier one to
another agent, so that no agent stays idle while somebody waits whom a different pairing would serve.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ivr.flow.model import Hotline
from ivr.speech.languages import family_of

from .availability import desk_of, is_active, is_due, is_free, may_serve, waiting
from .priority import rank
from .state import Agent, QueueState, Waiter


@dataclass(frozen=True)
class Pair:
    """A caller and the agent to ring. `credits` are those of the sites once this call is given out."""

    waiter: Waiter
    agent: Agent
    credits: Mapping[str, float]


def ranked(state: QueueState, line: Hotline, now: float) -> list[Waiter]:
    """Return everyone who waits, the first to be served first."""
    return sorted(waiting(state, line.waiting, now), key=lambda waiter: rank(waiter, line.waiting, now))


def match(state: QueueState, line: Hotline, now: float, *, calls_back: bool) -> list[Pair]:
    """Pair waiters with free agents, in rank order; with those to be called back only where calls can be placed."""
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
    """Tell whether a free agent may take a caller: of the desk, or helping out for it."""
    desk = desk_of(line, waiter.desk)
    if desk.name in agent.desks:
        return True
    keeps = [line.desks[name].reserved for name in agent.desks if name in line.desks]
    kept = [seconds for seconds in keeps if seconds is not None]
    helps = any(other.name in agent.desks for other in desk.overflow) and now - waiter.entered >= desk.overflow_after
    return (helps or bool(kept)) and now - idle_since(agent) >= max(kept, default=0.0)


def speaks(agent: Agent, language: str) -> bool:
    """Tell whether an agent speaks a language; en-GB is as good as en-US, but zh-HK is Cantonese."""
    return family_of(language) in map(family_of, agent.languages)


def idle_since(agent: Agent) -> float:
    """Return since when a free agent has had nothing to do."""
    return max(agent.idle, agent.until if agent.state in ("wrap_up", "paused") else 0.0)


class _Pairing:
    """One pairing in the making: who holds whom, and what each site has been given."""

    def __init__(self, state: QueueState, line: Hotline, now: float, free: list[Agent]) -> None:
        self.state, self.line, self.now, self.free = state, line, now, free
        self.taken: dict[str, Waiter] = {}
        self.order: list[str] = []
        self.credits = {name: site.credit for name, site in state.sites.items()}
        self.after: dict[str, Mapping[str, float]] = {}
        self._languages: dict[tuple[str, str], bool] = {}

    def find(self, waiter: Waiter, tried: set[str]) -> bool:
        """Give a waiter an agent, moving an earlier waiter to another one if that must be."""
        fitting = [agent for agent in self.free if agent.id not in tried and self._suits(agent, waiter)]
        if unclaimed := [agent for agent in fitting if agent.id not in self.taken]:
            self._give(waiter, self._best(unclaimed, waiter), unclaimed)
            return True
        for agent in fitting:
            if agent.id in tried:
                continue
            tried.add(agent.id)
            if self.find(self.taken[agent.id], tried):
                self._give(waiter, agent, [agent])
                return True
        return False

    def pairs(self) -> list[Pair]:
        """Return what was found, in rank order."""
        agents = {waiter.id: name for name, waiter in self.taken.items()}
        return [
            Pair(self.taken[agents[name]], self.state.agents[agents[name]], self.after[name]) for name in self.order
        ]

    def _give(self, waiter: Waiter, agent: Agent, among: Iterable[Agent]) -> None:
        for name in [name for name, holder in self.taken.items() if holder.id == waiter.id]:
            del self.taken[name]
        self.taken[agent.id] = waiter
        if waiter.id not in self.after:
            self.order.append(waiter.id)
        self.after[waiter.id] = self._credited(agent.site, {agent_of_site.site for agent_of_site in among})

    def _credited(self, chosen: str, sites: set[str]) -> Mapping[str, float]:
        """Smooth weighted round robin: each site that could have had the call earns its weight, the chosen one pays."""
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
        """Tell whether a language decides nothing: nobody at work speaks it, or the caller has waited to the bound."""
        if self.now - waiter.entered >= self.line.waiting.bound:
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
        """Choose among free agents who all suit: see the keys, from the weightiest to the least."""
        first = min(self._standing(agent, waiter) for agent in agents)
        equal = [agent for agent in agents if self._standing(agent, waiter) == first]
        site = max({agent.site for agent in equal}, key=lambda name: (self._share(name), name))
        there = (agent for agent in equal if agent.site == site)
        return min(there, key=lambda agent: (len(agent.desks), idle_since(agent), agent.id))

    def _standing(self, agent: Agent, waiter: Waiter) -> tuple[bool, bool, bool]:
        """Put first an agent at a site that works, then whom the caller talked to last, then one of the own desk."""
        health = self.state.sites.get(agent.site)
        broken = health is not None and (health.down or self.now < health.until)
        return broken, agent.id != waiter.last_agent, waiter.desk not in agent.desks

    def _share(self, site: str) -> float:
        return self.credits.get(site, 0.0) + self._weight(site)
