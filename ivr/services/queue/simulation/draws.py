"""The callers of one day, drawn at random. The same seed draws the same callers under any rules of the queue."""

from __future__ import annotations

import numpy as np

from .scenario import Scenario
from .tables import DayCallers


def callers_of(scenario: Scenario, day: int) -> DayCallers:
    """Return the callers of a day in the order of coming, in seconds after midnight."""
    # A generator for each day: more days draw the same first days.
    random = np.random.default_rng([scenario.seed, day])
    came = np.sort(
        np.concatenate(
            [
                start + seconds * random.random(random.poisson(rate * seconds / 3600))
                for start, seconds, rate in scenario.periods()
            ]
        )
    )
    shares = np.array([kind.share for kind in scenario.classes])
    kind = random.choice(len(shares), len(came), p=shares / shares.sum())
    talk = np.array([each.talk for each in scenario.classes])
    patience = np.array([each.patience for each in scenario.classes])
    return DayCallers(
        came=came,
        kind=kind,
        talk=talk[kind] * random.standard_exponential(len(came)),
        patience=patience[kind] * random.standard_exponential(len(came)),
        accepts=random.random(len(came)) < scenario.call_backs,
    )
