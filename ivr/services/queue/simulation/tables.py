"""A scenario as arrays, which compiled code can read: classes of callers and groups of agents by number."""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ivr.flow.desk_access import accesses
from ivr.services.queue.availability import serving

from .scenario import Scenario

Floats: TypeAlias = NDArray[np.float64]
Integers: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]


class DayCallers(NamedTuple):
    """The callers of one day in the order of coming. `patience` is inf for endless."""

    came: Floats
    kind: Integers
    talk: Floats
    patience: Floats
    accepts: Flags


class Tables(NamedTuple):
    """The rules. The ways from class `c` to an agent of group `g` are those from `first_way[g, c]` to `end_way[g, c]`.

    A group are the agents of the same desks. `helps[g, c]` is set where these are not the caller's own desk; `overlaps`
    where two classes wait for the same agents; `handled_for[c, d]` where talks of class `d` tell of the waits of `c`.
    """

    bound: float
    ahead: Floats
    preempts: Flags
    wrap_up: Floats
    call_back_from: Floats
    active: Integers
    overlaps: Flags
    handled_for: Flags
    group: Integers
    desks: Integers
    helps: Flags
    first_way: Integers
    end_way: Integers
    way_waited: Floats
    way_idle: Floats


class Played(NamedTuple):
    """The outcome of each caller, the time when the talk began or the caller left (`at`), and the agent."""

    at: Floats
    outcome: Integers
    agent: Integers
    called_back: Flags


def tables_of(scenario: Scenario) -> Tables:
    """Return the rules of a scenario as arrays."""
    line, kinds, rules = scenario.line, scenario.classes, scenario.line.waiting
    # Agents of the same desks differ only in how long they are idle, so that the search goes over groups.
    groups = list(dict.fromkeys(scenario.agents))
    served = [serving(line, kind.desk) for kind in kinds]
    return Tables(
        bound=rules.bound,
        ahead=np.array([rules.head_start(kind.priority) for kind in kinds]),
        preempts=np.array([kind.priority in rules.preempting for kind in kinds]),
        wrap_up=np.array([scenario.wrap_up[kind.desk] for kind in kinds]),
        call_back_from=np.array([rules.offers_call_back_from(kind.priority) for kind in kinds]),
        active=np.array([sum(not mine.isdisjoint(desks) for desks in scenario.agents) for mine in served]),
        overlaps=np.array([[not mine.isdisjoint(other) for other in served] for mine in served]),
        handled_for=np.array([[kind.desk in mine for kind in kinds] for mine in served]),
        group=np.array([groups.index(desks) for desks in scenario.agents]),
        desks=np.array([len(desks) for desks in groups]),
        helps=np.array([[kind.desk not in desks for kind in kinds] for desks in groups]),
        **_ways(scenario, groups),
    )


def _ways(scenario: Scenario, groups: list[tuple[str, ...]]) -> dict[str, Any]:
    line = scenario.line
    ways = [[accesses(line, line.desks[kind.desk], desks) for kind in scenario.classes] for desks in groups]
    counts = np.array([[len(some) for some in row] for row in ways])
    # Lists of different lengths in one array, because the arrays that Numba reads are rectangular.
    end = np.cumsum(counts.ravel()).reshape(counts.shape)
    every = [way for row in ways for some in row for way in some]
    return {
        "first_way": end - counts,
        "end_way": end,
        "way_waited": np.array([way.waited for way in every], dtype=float),
        "way_idle": np.array([way.idle for way in every], dtype=float),
    }
