"""The simulation finds every planted bug, with few seeds."""

from __future__ import annotations

import pytest

from tests.simulation.planted_bugs import MOST_SEEDS, PLANTED_BUGS, PlantedBug
from tests.simulation.world import Ground, collected


@pytest.fixture(scope="module")
def ground():
    made = Ground()
    yield made
    made.close()


def test_there_are_twenty_at_least():
    assert len({bug.name for bug in PLANTED_BUGS}) == len(PLANTED_BUGS) >= 20


@pytest.mark.parametrize("bug", PLANTED_BUGS, ids=lambda bug: bug.name)
def test_a_planted_bug_is_found(ground, bug: PlantedBug):
    with collected():
        seeds, _ = bug.noticed(ground)
    assert 0 < seeds <= MOST_SEEDS, f"not found: {bug.words}"


def test_the_callers_of_each_bug_break_no_promise_without_it(ground):
    with collected():
        for bug in {(tuple(bug.errands), bug.between): bug for bug in PLANTED_BUGS if bug.menu is None}.values():
            outcome = PlantedBug("none", "nothing", errands=bug.errands, between=bug.between).play(ground, 1)
            assert outcome.violations == [], bug.name
