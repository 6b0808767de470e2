"""The agents at the desks: added and removed, signed on and off, paused; and the sites that are down."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from msgspec.structs import replace

from ivr.errors import IvrError
from ivr.flow.model import Hotline
from ivr.flow.ordinary_numbers import is_at_host, is_ordinary
from ivr.speech.languages import family_of

from . import offers
from .availability import is_free
from .repository import QueueRepository
from .state import MAIN_LANGUAGE, Agent, AgentState, Offer, QueueState, SiteHealth

_NAME = re.compile(r"[A-Za-z0-9\u4e00-\u9fff][\w.@-]{0,39}")
_BUSY = ("ringing", "talking")


class AgentsError(IvrError):
    """A change of agents is impossible; the error text says why and what to do."""


class Agents:
    """The agents of a line. A change that is requested during a call is made after it."""

    def __init__(self, repository: QueueRepository, line: Hotline) -> None:
        self._repository, self._line = repository, line

    def agents(self) -> Sequence[Agent]:
        """Return all agents by name."""
        return [agent for _, agent in sorted(self._repository.state().agents.items())]

    def add(
        self, name: str, number: str, desks: Sequence[str], *, languages: Sequence[str] = (), site: str = ""
    ) -> Agent:
        """Add an agent, signed off, or change one. No languages means the main one. Raises AgentsError."""
        self._check(name, number, desks, site)
        spoken = tuple(dict.fromkeys(map(family_of, languages))) or (MAIN_LANGUAGE,)

        def add(state: QueueState) -> tuple[QueueState, Agent]:
            if taken := [agent.id for agent in state.agents.values() if agent.number == number and agent.id != name]:
                raise AgentsError(f"agent {taken[0]} has this number already; one telephone cannot take two calls")
            before = state.agents.get(name) or Agent(id=name, number=number, desks=())
            after = replace(before, number=number, desks=tuple(desks), languages=spoken, site=site)
            return state.put(after), after

        return self._repository.change(add)

    def remove(self, name: str) -> None:
        """Remove an agent; a current conversation goes on. Raises AgentsError."""

        def remove(state: QueueState) -> tuple[QueueState, None]:
            return state.drop(_agent(state, name)), None

        self._repository.change(remove)

    def ready(self, name: str, now: float) -> Agent:
        """Sign an agent on, end a pause or wrap-up, or a talk whose end was not reported. Raises AgentsError.

        During a talk the first `ready` takes back what was requested for the time after it.
        """

        def sign_on(state: QueueState) -> tuple[QueueState, Agent]:
            agent = _agent(state, name)
            self._check_telephone(agent.number)  # line.yaml may have changed since the agent was added
            offer = state.offer_of(agent)
            if offer and offer.state == "taken" and agent.then in ("", "ready"):
                return self._after_talk(state, agent, offer, now)
            after = _set(agent, "ready", now)
            return state.put(after), after

        return self._repository.change(sign_on)

    def _after_talk(self, state: QueueState, agent: Agent, offer: Offer, now: float) -> tuple[QueueState, Agent]:
        """Take the agent's word that a talk is over, unless the carrier contradicts: it is asked by the server."""
        state = state.put(replace(agent, then="ready"))
        if offer.call:
            state = state.put(replace(offer, doubted=now))
        else:
            state = offers.finish(state, self._line, offer.id, now)
        return state, state.agents[agent.id]

    def pause(self, name: str, now: float, *, why: str = "break") -> Agent:
        """Pause an agent until `ready`. Raises AgentsError."""
        return self._change(name, lambda agent: _set(agent, "paused", now, why=why[:40]))

    def off(self, name: str, now: float) -> Agent:
        """Sign an agent off. Raises AgentsError."""
        return self._change(name, lambda agent: _set(agent, "off", now))

    def site(self, name: str, *, down: bool) -> SiteHealth:
        """Mark a site as down, so that its agents get no calls, or as up. Raises AgentsError."""
        if name not in self._line.sites:
            raise AgentsError(f'there is no site "{name}" in line.yaml; there are {_names(self._line.sites)}')

        def set_down(state: QueueState) -> tuple[QueueState, SiteHealth]:
            before = state.sites.get(name) or SiteHealth(id=name)
            after = replace(before, down=down, failures=0, until=0.0)
            return state.put(after), after

        return self._repository.change(set_down)

    def _change(self, name: str, update: Callable[[Agent], Agent]) -> Agent:
        def change(state: QueueState) -> tuple[QueueState, Agent]:
            after = update(_agent(state, name))
            return state.put(after), after

        return self._repository.change(change)

    def _check(self, name: str, number: str, desks: Sequence[str], site: str) -> None:
        if not _NAME.fullmatch(name):
            raise AgentsError("an agent's name is up to 40 letters, digits, dots and dashes, such as zhang.wei or 1024")
        self._check_telephone(number)
        if not desks:
            raise AgentsError(f"name at least one desk: {_names(self._line.desks)}")
        if unknown := [desk for desk in desks if desk not in self._line.desks]:
            raise AgentsError(f'there is no desk "{unknown[0]}" in line.yaml; there are {_names(self._line.desks)}')
        if site and site not in self._line.sites:
            raise AgentsError(f'there is no site "{site}" in line.yaml; there are {_names(self._line.sites)}')

    def _check_telephone(self, number: str) -> None:
        allowed = self._line.waiting.agent_telephones
        if not is_ordinary(number, allowed) and not is_at_host(number, allowed):
            raise AgentsError(
                "no agent may have this telephone: it is an ordinary number with its country code or a SIP address, "
                f"and begins as agent_telephones of the queue in line.yaml allows ({', '.join(allowed)})"
            )


def _set(agent: Agent, state: AgentState, now: float, *, why: str = "") -> Agent:
    """Return an agent in a new state; during a call the state takes effect after it."""
    # A caller is at the telephone: the agent who signs off now must not lose the talk.
    if agent.state in _BUSY and agent.offer:
        return replace(agent, then="" if state == "ready" else state)
    # Idle since the wrap-up ended, not since now: else signing on again would send an agent to the end of the row.
    if state == "ready" and is_free(agent, now):
        return replace(agent, state="ready", why="", until=0.0, idle=max(agent.idle, agent.until))
    idle = now if state == "ready" else agent.idle
    return replace(agent, state=state, why=why, since=now, until=0.0, idle=idle, offer="", then="")


def _agent(state: QueueState, name: str) -> Agent:
    if name not in state.agents:
        raise AgentsError(f'there is no agent "{name}"; there are {_names(state.agents)}')
    return state.agents[name]


def _names(names: Iterable[str]) -> str:
    return ", ".join(sorted(names)) or "none"
