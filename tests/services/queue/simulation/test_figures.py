"""The figures of a simulation are those of its callers, defined as in `ivr report`."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from ivr.services.queue.simulation.day import ANSWERED, GAVE_UP
from ivr.services.queue.simulation.figures import simulate, without_head_starts
from ivr.services.queue.simulation.scenario import CallerClass, ScenarioError
from ivr.services.queue.simulation.tables import DayCallers, Played, Tables

from .fixtures import a_scenario

NORMAL = CallerClass("normal", 80, "general", "normal", 240.0, math.inf)
VIP = CallerClass("vip", 20, "vip", "vip", 240.0, math.inf)
LIMITS = {"within": 20.0, "short": 5.0}


def test_waits_shares_and_call_backs_are_counted_by_class(lines: Any) -> None:
    def player(callers: DayCallers, _: Tables) -> Played:
        """Seven callers in several ways; all others hang up after a second."""
        waits, outcome = np.ones(len(callers.came)), np.full(len(callers.came), GAVE_UP)
        waits[:7] = 0, 10, 20, 30, 4, 60, 90
        outcome[[0, 1, 2, 3, 6]] = ANSWERED
        return Played(callers.came + waits, outcome, np.zeros(len(waits), int), np.arange(len(waits)) == 6)

    figures = simulate(a_scenario(lines(), [NORMAL], {"general": 2}), player=player, **LIMITS).everyone
    assert (figures.answered, figures.gave_up, figures.called_back) == (4, figures.calls - 5, 1)
    assert (figures.mean, figures.p90, figures.longest) == (15.0, 27.0, 30.0)
    assert figures.service_level == round(3 / 6, 4)
    assert figures.abandonment == round(1 / 6, 4)
    assert figures.call_back_mean == 90.0


def test_a_head_start_helps_its_class_at_the_cost_of_the_others_and_not_of_all(lines: Any) -> None:
    scenario = a_scenario(lines(), [NORMAL, VIP], {"general": 7, "vip": 1}, days=5)
    ahead, equal = (simulate(each, **LIMITS) for each in (scenario, without_head_starts(scenario)))
    assert [figures.name for figures in ahead.classes] == ["normal", "vip"]
    assert ahead.classes[1].mean < equal.classes[1].mean
    assert ahead.classes[0].mean > equal.classes[0].mean
    assert sum(figures.calls for figures in ahead.classes) == ahead.everyone.calls
    assert 0.5 < ahead.occupancy < 1


def test_the_same_seed_gives_the_same_figures(lines: Any) -> None:
    scenario = a_scenario(lines(), [NORMAL, VIP], {"general": 8})
    assert simulate(scenario, **LIMITS) == simulate(scenario, **LIMITS)


def test_an_impossible_scenario_is_refused(lines: Any) -> None:
    with pytest.raises(ScenarioError, match="no agent serves"):
        simulate(a_scenario(lines(), [NORMAL], {"general": 0}), **LIMITS)
