"""The input of a simulation: callers of several classes, agents, and how long things take. Times are in seconds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ivr.errors import IvrError
from ivr.flow.model import Hotline
from ivr.services.queue.access import may_serve
from ivr.services.queue.state import Agent

WHOLE_DAY = 86_400.0
MOST_SIMULATED = 20_000_000
"""The most calls of one simulation: what fits into memory."""


class ScenarioError(IvrError):
    """A scenario is impossible; the error text says why and what to do."""


@dataclass(frozen=True)
class CallerClass:
    """Callers of one kind: their share of all calls, desk and priority, mean talk, and mean patience (inf: endless)."""

    name: str
    share: float
    desk: str
    priority: str
    talk: float
    patience: float


@dataclass(frozen=True)
class Scenario:
    """A number of days. `agents` are the desks of each agent, `calls_an_hour` the rate in each hour of the day.

    Callers come at random, independent of each other (Poisson), from `opens` to `closes`; agents stay until the last is
    served. Talks and patience are exponential, as in Erlang's models. Agents get `wrap_up` of the caller's desk.
    `call_backs` is the share of callers who accept a call back when it is offered.
    """

    line: Hotline
    classes: tuple[CallerClass, ...]
    agents: tuple[tuple[str, ...], ...]
    calls_an_hour: tuple[float, ...]
    wrap_up: Mapping[str, float]
    opens: float = 0.0
    closes: float = WHOLE_DAY
    call_backs: float = 0.0
    days: int = 1
    seed: int = 1

    def expected_calls(self) -> float:
        """Return the mean number of calls of all days."""
        return self.days * sum(rate * seconds / 3600 for _, seconds, rate in self.periods())

    def periods(self) -> list[tuple[float, float, float]]:
        """Return the parts of the day with calls: the start, the length and the calls an hour."""
        parts = []
        for hour, rate in enumerate(self.calls_an_hour):
            start, end = max(self.opens, hour * 3600.0), min(self.closes, (hour + 1) * 3600.0)
            if end > start and rate > 0:
                parts.append((start, end - start, rate))
        return parts


def class_of(line: Hotline, name: str, share: float, talk: float, patience: float) -> CallerClass:
    """Return the class of a segment of line.yaml, or of a priority at the desk for everyone. Raises ScenarioError."""
    if name in line.segments:
        segment = line.segments[name]
        return CallerClass(name, share, line.desk_of(segment), segment.priority, talk, patience)
    if name in line.classes.priorities:
        return CallerClass(name, share, line.desk, name, talk, patience)
    names = ", ".join([*line.segments, *line.classes.priorities])
    raise ScenarioError(f'there is no segment or priority "{name}"; there are {names}')


def check_scenario(scenario: Scenario) -> None:
    """Raise ScenarioError if callers would wait for agents who do not exist, or there are too many calls."""
    for desks in scenario.agents:
        for desk in desks:
            check_desk(scenario.line, desk)
    for kind in scenario.classes:
        if not serving_agents(scenario.line, scenario.agents, kind.desk):
            raise ScenarioError(f'no agent serves the callers "{kind.name}"; add one with --agents {kind.desk}=1')
    if not scenario.expected_calls():
        raise ScenarioError("no calls come in these hours")
    if scenario.expected_calls() > MOST_SIMULATED:
        raise ScenarioError(f"these are more than {MOST_SIMULATED:,} calls; simulate fewer days")


def check_desk(line: Hotline, desk: str) -> None:
    """Raise ScenarioError for a desk that does not exist."""
    if desk not in line.desks:
        raise ScenarioError(f'there is no desk "{desk}" in line.yaml; there are {", ".join(line.desks)}')


def serving_agents(line: Hotline, agents: Sequence[tuple[str, ...]], desk: str) -> int:
    """Return the number of agents who may ever take callers of a desk."""
    return sum(may_serve(line, Agent(id="", number="", desks=desks), desk) for desks in agents)
