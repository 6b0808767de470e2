"""A line as arrays: the ways between classes and groups of agents are those of desk_access.py."""

from __future__ import annotations

import random

import pytest

from ivr.flow.desk_access import accesses
from ivr.flow.model import Hotline
from ivr.services.queue.availability import serving
from ivr.services.queue.simulation.scenario import CallerClass, Scenario
from ivr.services.queue.simulation.tables import tables_of

from .fixtures import random_agents, random_desks

NAMES = ("general", "vip", "elderly")
KINDS = tuple(CallerClass(name, 1, name, "vip" if name == "vip" else "normal", 60.0, 60.0) for name in NAMES)


@pytest.mark.parametrize("seed", range(20))
def test_the_arrays_say_what_the_line_says(seed: int) -> None:
    dice = random.Random(seed)
    line = Hotline({}, random_desks(dice, NAMES), "general")
    agents = random_agents(dice, NAMES, 6)
    tables = tables_of(Scenario(line, KINDS, agents, (1.0,), dict.fromkeys(NAMES, 7.0)))
    for number, desks in enumerate(agents):
        group = tables.group[number]
        assert tables.desks[group] == len(desks)
        for place, kind in enumerate(KINDS):
            ways = range(tables.first_way[group, place], tables.end_way[group, place])
            there = [(tables.way_waited[way], tables.way_idle[way]) for way in ways]
            assert there == [(way.waited, way.idle) for way in accesses(line, line.desks[kind.desk], desks)]
            assert tables.helps[group, place] == (kind.desk not in desks)
    for place, kind in enumerate(KINDS):
        mine = serving(line, kind.desk)
        assert tables.active[place] == sum(not mine.isdisjoint(desks) for desks in agents)
        assert list(tables.handled_for[place]) == [name in mine for name in NAMES]
    assert list(tables.ahead) == [0.0, 120.0, 0.0]
    assert list(tables.wrap_up) == [7.0] * 3
