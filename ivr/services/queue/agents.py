"""Who works at the desks: adding and removing agents, signing on and off, pausing, and which sites are down."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from msgspec.structs import replace

from ivr.errors import IvrError
from ivr.flow.model import Line

from .availability import is_free
from .matching import first_part
from .repository import Keeper
from .state import MAIN_LANGUAGE, Agent, AgentState, Floor, SiteHealth

_NAME = re.compile(r"[A-Za-z0-9\u4e00-\u9fff][\w.@-]{0,39}")
_NUMBER = re.compile(r"\+[1-9]\d{4,14}|sips?:[^\s<>\"]{3,200}")
_BUSY = ("ringing", "talking")


class RosterError(IvrError):
    """Agents cannot be changed as asked; the text says why and what to do."""


class Roster:
    """The agents of a line. What is asked for during a call is done after it."""

    def __init__(self, keeper: Keeper, line: Line) -> None:
        self._keeper, self._line = keeper, line

    def agents(self) -> Sequence[Agent]:
        """Return all agents by name."""
        return [agent for _, agent in sorted(self._keeper.floor().agents.items())]

    def add(
        self, name: str, number: str, desks: Sequence[str], *, languages: Sequence[str] = (), site: str = ""
    ) -> Agent:
        """Add an agent, signed off, or change what is known of one; no language is the main one. Raises RosterError."""
        self._check(name, number, desks, site)
        spoken = tuple(dict.fromkeys(map(first_part, languages))) or (MAIN_LANGUAGE,)

        def add(floor: Floor) -> tuple[Floor, Agent]:
            if taken := [one.id for one in floor.agents.values() if one.number == number and one.id != name]:
                raise RosterError(f"agent {taken[0]} has this number already; one telephone cannot take two calls")
            before = floor.agents.get(name) or Agent(id=name, number=number, desks=())
            after = replace(before, number=number, desks=tuple(desks), languages=spoken, site=site)
            return floor.put(after), after

        return self._keeper.change(add)

    def remove(self, name: str) -> None:
        """Remove an agent; a conversation under way goes on. Raises RosterError."""

        def remove(floor: Floor) -> tuple[Floor, None]:
            return floor.drop(_known(floor, name)), None

        self._keeper.change(remove)

    def ready(self, name: str, now: float) -> Agent:
        """Sign an agent on, or end a pause or wrap-up. Raises RosterError."""
        return self._change(name, lambda agent: _set(agent, "ready", now))

    def pause(self, name: str, now: float, *, why: str = "break") -> Agent:
        """Give an agent no more calls until ready. Raises RosterError."""
        return self._change(name, lambda agent: _set(agent, "paused", now, why=why[:40]))

    def off(self, name: str, now: float) -> Agent:
        """Sign an agent off. Raises RosterError."""
        return self._change(name, lambda agent: _set(agent, "off", now))

    def site(self, name: str, *, down: bool) -> SiteHealth:
        """Pass a site over until it is said to be up again, or use it again. Raises RosterError."""
        if name not in self._line.sites:
            raise RosterError(f'there is no site "{name}" in line.yaml; there are {_names(self._line.sites)}')

        def set_down(floor: Floor) -> tuple[Floor, SiteHealth]:
            before = floor.sites.get(name) or SiteHealth(id=name)
            after = replace(before, down=down, failures=0, until=0.0)
            return floor.put(after), after

        return self._keeper.change(set_down)

    def _change(self, name: str, update: Callable[[Agent], Agent]) -> Agent:
        def change(floor: Floor) -> tuple[Floor, Agent]:
            after = update(_known(floor, name))
            return floor.put(after), after

        return self._keeper.change(change)

    def _check(self, name: str, number: str, desks: Sequence[str], site: str) -> None:
        if not _NAME.fullmatch(name):
            raise RosterError("an agent's name is up to 40 letters, digits, dots and dashes, such as zhang.wei or 1024")
        if not _NUMBER.fullmatch(number):
            raise RosterError("a number has its country code, such as +861085550101, or is a SIP address: sip:...")
        if not desks:
            raise RosterError(f"name at least one desk: {_names(self._line.desks)}")
        if unknown := [desk for desk in desks if desk not in self._line.desks]:
            raise RosterError(f'there is no desk "{unknown[0]}" in line.yaml; there are {_names(self._line.desks)}')
        if site and site not in self._line.sites:
            raise RosterError(f'there is no site "{site}" in line.yaml; there are {_names(self._line.sites)}')


def _set(agent: Agent, state: AgentState, now: float, *, why: str = "") -> Agent:
    """Return an agent in a new state; in a call the state follows the call."""
    if agent.state in _BUSY and agent.offer:
        return replace(agent, then="" if state == "ready" else state)
    if state == "ready" and is_free(agent, now):
        return replace(agent, state="ready", why="", until=0.0, idle=max(agent.idle, agent.until))
    idle = now if state == "ready" else agent.idle
    return replace(agent, state=state, why=why, since=now, until=0.0, idle=idle, offer="", then="")


def _known(floor: Floor, name: str) -> Agent:
    if name not in floor.agents:
        raise RosterError(f'there is no agent "{name}"; there are {_names(floor.agents)}')
    return floor.agents[name]


def _names(known: Iterable[str]) -> str:
    return ", ".join(sorted(known)) or "none"
