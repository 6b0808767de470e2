"""What can be simulated, and what is refused in words."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest

from ivr.flow.model import Segment
from ivr.services.queue.simulation.scenario import (
    CallerClass,
    ScenarioError,
    check_scenario,
    class_of,
    serving_agents,
)

from .fixtures import a_scenario, to

NORMAL = CallerClass("normal", 1, "general", "normal", 240.0, math.inf)


def test_a_class_is_a_segment_with_its_desk_and_priority_or_a_priority_at_the_desk_of_everyone(lines: Any) -> None:
    line = replace(lines(), segments={"gold": Segment("gold", desk=to("vip"), priority="vip")})
    assert class_of(line, "gold", 2, 60.0, 90.0) == CallerClass("gold", 2, "vip", "vip", 60.0, 90.0)
    assert class_of(line, "fraud", 1, 60.0, 90.0).desk == "general"
    with pytest.raises(ScenarioError, match='"silver"; there are gold, normal'):
        class_of(line, "silver", 1, 60.0, 90.0)


def test_calls_come_in_the_hours_that_are_open(lines: Any) -> None:
    rates = (0.0,) * 9 + (100.0, 40.0) + (0.0,) * 13
    scenario = a_scenario(lines(), [NORMAL], {"general": 1}, calls_an_hour=rates, opens=9.5 * 3600, closes=12 * 3600.0)
    assert scenario.periods() == [(34_200.0, 1_800.0, 100.0), (36_000.0, 3_600.0, 40.0)]
    assert replace(scenario, days=3).expected_calls() == 270


@pytest.mark.parametrize(
    ("agents", "more", "reason"),
    [
        ({"night": 1}, {}, 'no desk "night" in line.yaml; there are general, vip'),
        ({"general": 0}, {}, 'no agent serves the callers "normal"; add one with --agents general=1'),
        ({"general": 1}, {"calls_an_hour": (0.0,) * 24}, "no calls come"),
        ({"general": 1}, {"days": 10**6}, "more than 20,000,000 calls"),
    ],
)
def test_what_cannot_be_played_is_refused(lines: Any, agents: dict[str, int], more: Any, reason: str) -> None:
    with pytest.raises(ScenarioError, match=reason):
        check_scenario(a_scenario(lines(), [NORMAL], agents, **more))


def test_agents_who_only_help_out_serve_too(lines: Any) -> None:
    assert serving_agents(lines(), [("vip",), ("general",), ("vip", "general")], "vip") == 3
    assert serving_agents(lines(), [("vip",)], "general") == 1
