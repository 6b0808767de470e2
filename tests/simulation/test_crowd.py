"""Worlds of callers and faults break no promise, and one seed always plays the same bytes.

IVR_TEST_SEEDS sets how many worlds are played; `python -m tests.simulation` plays thousands.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.simulation.faults import LEAST, Fault
from tests.simulation.world import Crowd, Ground, collected

ROOT = Path(__file__).parents[2]
SEEDS = int(os.environ.get("IVR_TEST_SEEDS", "4"))
CALLS = 25


@pytest.fixture(scope="module")
def ground():
    made = Ground()
    yield made
    made.close()


def test_no_promise_is_broken_whatever_goes_wrong(ground):
    met = Counter()
    for seed in range(SEEDS):
        with collected():
            outcome = Crowd(ground, seed, CALLS).play()
        again = f"python -m tests.simulation --first {seed} --seeds 1 --calls {CALLS}"
        assert outcome.violations == [], again
        assert outcome.fewest >= LEAST
        met += outcome.faults
    assert met.total() >= SEEDS * CALLS * LEAST
    assert {Fault.AT_ONCE, Fault.LATE, Fault.LOST_REPLY, Fault.DIES_AFTER_WRITE, Fault.STORE_HANGS} <= met.keys()


def test_a_seed_plays_the_same_bytes_again_in_this_process_and_in_another(ground):
    with collected():
        first, second = (Crowd(ground, 7, 10).play() for _ in range(2))
    assert first == second
    with collected():
        assert Crowd(ground, 8, 10).play().digest != first.digest
    code = (
        "from tests.simulation.world import Crowd, Ground; import json; "
        "print(json.dumps([Crowd(Ground(), 7, 10).play().digest for _ in range(1)]))"
    )
    # In two other processes: objects have other addresses there, by which a set of them would be ordered.
    digests = [
        json.loads(
            subprocess.run(
                [sys.executable, "-c", code],
                cwd=ROOT,
                env={**os.environ, "PYTHONHASHSEED": "0", "PYTHONPATH": str(ROOT)},
                capture_output=True,
                text=True,
                check=True,
            ).stdout
        )
        for _ in range(2)
    ]
    assert digests[0] == digests[1]
