"""The I/O points of the golden calls fail, one at a time; `python -m tests.simulation points` lets every one fail."""

from __future__ import annotations

import os

import pytest

from tests.simulation.golden_calls import (
    OnePoint,
    Way,
    faults_of,
    golden_conversations,
    play_golden,
    trials,
    ways_of,
)
from tests.simulation.points import Point
from tests.simulation.world import Ground, collected

SHARE = float(os.environ.get("IVR_TEST_POINTS", "0.01"))


@pytest.fixture(scope="module")
def ground():
    made = Ground()
    yield made
    made.close()


def test_no_caller_is_lost_whatever_point_fails(ground):
    played, wrong = 0, []
    with collected():
        for trial, name in trials(ground, golden_conversations(), share=SHARE):
            played += 1
            wrong += [f"{name}: {fault}" for fault in faults_of(trial, name)]
    assert wrong == []
    assert played > len(golden_conversations())


@pytest.mark.parametrize("way", list(Way), ids=lambda way: way.name.lower())
def test_every_point_of_one_call_with_a_pin_fails(ground, way):
    conversation = next(call for call in golden_conversations() if "balance" in call.place.file)
    with collected():
        clean = play_golden(ground, conversation, OnePoint())
        assert not faults_of(clean, "no fault")
        assert set(clean.points) == set(Point)
        for number, point in enumerate(clean.points):
            if way in ways_of(point):
                name = f"point {number} ({point.value}): {way.value}"
                assert faults_of(play_golden(ground, conversation, OnePoint(number, way)), name) == [], name
