"""A staged release is taken back when errors, misses or silence rise, and almost never by chance."""

from __future__ import annotations

import random

import pytest

from ivr.services.publishing.stage_judgement import worse_because
from ivr.services.publishing.tallies import StageTally

LIVE = StageTally(calls=1000, turns=5000, errors=5, misses=250, silences=250)


@pytest.mark.parametrize(
    ("staged", "why"),
    [
        (StageTally(10, 40, errors=4), "errors in 10.0% of 40 turns; with the live release 0.1% of 5,000"),
        (StageTally(100, 500, misses=75), "no_match in 15.0%"),
        (StageTally(100, 500, silences=75), "no_input in 15.0%"),
    ],
)
def test_what_rises_is_named(staged: StageTally, why: str) -> None:
    assert worse_because(staged, LIVE).startswith(why)


@pytest.mark.parametrize(
    "staged",
    [
        StageTally(),
        StageTally(100, 500, 0, 25, 25),
        StageTally(10, 40, errors=2),  # may be the bank's fault
        StageTally(10, 40, misses=20),  # too few calls
        StageTally(100, 500, misses=35),  # within chance
        StageTally(100_000, 500_000, misses=30_000),  # certain, and of no weight to callers
    ],
)
def test_what_may_be_chance_or_does_not_matter_is_no_reason(staged: StageTally) -> None:
    assert worse_because(staged, LIVE) == ""


def test_errors_are_a_reason_even_if_nobody_calls_the_live_release() -> None:
    assert "no turn to compare with" in worse_because(StageTally(5, 10, errors=3), StageTally())


def test_equal_releases_are_left_alone() -> None:
    chance, taken_back = random.Random(1), 0
    for _ in range(300):
        silences = sum(chance.random() < 0.05 for _ in range(400))
        others = sum(chance.random() < 0.05 for _ in range(3600))
        taken_back += bool(worse_because(StageTally(100, 400, 0, 0, silences), StageTally(900, 3600, 0, 0, others)))
    assert taken_back == 0
