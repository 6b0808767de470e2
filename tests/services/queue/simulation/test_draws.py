"""The callers of a day are those of its seed."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from ivr.services.queue.simulation.draws import callers_of
from ivr.services.queue.simulation.scenario import CallerClass

from .fixtures import a_scenario

KINDS = (
    CallerClass("normal", 75, "general", "normal", 240.0, math.inf),
    CallerClass("vip", 25, "vip", "vip", 60.0, 30.0),
)


def test_calls_talks_and_patience_have_the_means_that_were_asked_for(lines: Any) -> None:
    rates = (0.0,) * 8 + (30_000.0, 90_000.0) + (0.0,) * 14
    scenario = a_scenario(lines(), KINDS, {"general": 1}, calls_an_hour=rates, call_backs=0.4)
    callers = callers_of(scenario, 0)
    assert (np.diff(callers.came) >= 0).all()
    assert (callers.came < 9 * 3600).sum() == pytest.approx(30_000, rel=0.03)
    assert (callers.came >= 9 * 3600).sum() == pytest.approx(90_000, rel=0.02)
    assert callers.came.min() >= 8 * 3600
    assert (callers.kind == 1).mean() == pytest.approx(0.25, rel=0.02)
    assert callers.talk[callers.kind == 0].mean() == pytest.approx(240, rel=0.02)
    assert callers.talk[callers.kind == 1].mean() == pytest.approx(60, rel=0.02)
    assert callers.patience[callers.kind == 1].mean() == pytest.approx(30, rel=0.02)
    assert np.isinf(callers.patience[callers.kind == 0]).all()
    assert callers.accepts.mean() == pytest.approx(0.4, rel=0.02)


def test_the_same_seed_draws_the_same_callers_and_another_day_others(lines: Any) -> None:
    scenario = a_scenario(lines(), KINDS, {"general": 1})
    first, again = callers_of(scenario, 0), callers_of(replace(scenario, agents=(("vip",),) * 9), 0)
    assert all((one == other).all() for one, other in zip(first, again, strict=True))
    assert len(callers_of(scenario, 1).came) != len(first.came)
    assert len(callers_of(replace(scenario, seed=2), 0).came) != len(first.came)
