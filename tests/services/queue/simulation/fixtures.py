"""Lines, scenarios and callers for the tests of the simulation."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ivr.diagnostics.problem import Place
from ivr.flow.model import Desk, Hotline, Reference
from ivr.services.queue.simulation.scenario import CallerClass, Scenario
from ivr.services.queue.simulation.tables import DayCallers


def to(name: str) -> Reference:
    return Reference(name, Place("line.yaml", 1, 1))


def a_scenario(line: Hotline, kinds: Sequence[CallerClass], agents: Mapping[str, int], **more: Any) -> Scenario:
    """Return a scenario; the keys of `agents` are desks, joined by a plus."""
    options = {"calls_an_hour": (100.0,) * 24, "wrap_up": {name: desk.wrap_up for name, desk in line.desks.items()}}
    staff = tuple(tuple(desks.split("+")) for desks, count in agents.items() for _ in range(count))
    return Scenario(line, tuple(kinds), staff, **{**options, **more})


def some_callers(seed: int, count: int, gap: float, kinds: Sequence[CallerClass]) -> DayCallers:
    dice = np.random.default_rng(seed)
    shares = np.array([kind.share for kind in kinds])
    kind = dice.choice(len(kinds), count, p=shares / shares.sum())
    return DayCallers(
        came=np.cumsum(dice.exponential(gap, count)),
        kind=kind,
        talk=np.array([each.talk for each in kinds])[kind] * dice.standard_exponential(count),
        patience=np.array([each.patience for each in kinds])[kind] * dice.standard_exponential(count),
        accepts=np.zeros(count, bool),
    )


def random_desks(dice: random.Random, names: Sequence[str]) -> dict[str, Desk]:
    """Return desks with any overflow and reserve."""
    desks = {}
    for name in names:
        others = [other for other in names if other != name]
        desks[name] = Desk(
            name,
            "+861085550100",
            30,
            overflow=tuple(to(other) for other in dice.sample(others, dice.randint(0, len(others)))),
            overflow_after=dice.choice((0.0, 0.0, 15.0, 60.0)),
            reserved=dice.choice((None, None, 0.0, 10.0, 60.0)),
            wrap_up=dice.choice((0.0, 20.0)),
        )
    return desks


def random_agents(dice: random.Random, names: Sequence[str], most: int) -> tuple[tuple[str, ...], ...]:
    """Return the desks of agents. Every desk has an agent of its own, so that nobody waits in vain."""
    mixed = (tuple(dice.sample(names, dice.randint(1, len(names)))) for _ in range(dice.randint(1, most)))
    return (*((name,) for name in names), *mixed)
