"""The machine code does what the functions do that it is made of."""

from __future__ import annotations

import math
import random

import pytest

from ivr.flow.model import Hotline
from ivr.services.queue import priority
from ivr.services.queue.simulation import day
from ivr.services.queue.simulation.compiling import compiled_day
from ivr.services.queue.simulation.scenario import CallerClass, Scenario
from ivr.services.queue.simulation.tables import tables_of

from .fixtures import random_agents, random_desks, some_callers

NAMES = ("general", "vip", "elderly")
KINDS = tuple(
    CallerClass(name, 1, name, which, 200.0, patience)
    for name, which, patience in zip(NAMES, ("normal", "vip", "elderly"), (math.inf, 90.0, math.inf), strict=True)
)


@pytest.mark.parametrize("seed", range(10))
def test_machine_code_and_functions_give_the_same_day(seed: int) -> None:
    dice = random.Random(seed)
    line, agents = Hotline({}, random_desks(dice, NAMES), "general"), random_agents(dice, NAMES, 5)
    rules = tables_of(Scenario(line, KINDS, agents, (1.0,), dict.fromkeys(NAMES, 5.0)))
    callers = some_callers(seed, 400, 210 / len(agents), KINDS)
    callers = callers._replace(accepts=callers.talk > 150)
    for mine, theirs in zip(day.play_day(callers, rules), compiled_day()(callers, rules), strict=True):
        assert (mine == theirs).all()


def test_a_change_of_the_queues_order_changes_the_simulation(monkeypatch: pytest.MonkeyPatch) -> None:
    """The simulation has no order of its own: it is driven by that of the queue."""
    line = Hotline({}, random_desks(random.Random(1), ("general",)), "general")
    kinds = tuple(CallerClass(name, 1, "general", name, 200.0, math.inf) for name in ("normal", "vip"))
    rules = tables_of(Scenario(line, kinds, (("general",),) * 3, (1.0,), {"general": 0.0}))
    callers = some_callers(1, 300, 60.0, kinds)
    before = day.play_day(callers, rules).at
    monkeypatch.setattr(day, "order", lambda *facts: tuple(-part for part in priority.order(*facts)))
    after = day.play_day(callers, rules).at
    assert (before != after).any()
