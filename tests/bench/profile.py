"""Where a turn's time goes, by cProfile, which overstates small functions: a guide, no figure."""

from __future__ import annotations

import cProfile
import pstats

from . import ours, walks


def run(rounds: int, calls: int) -> None:
    """Print the dearest functions of the call that asks no back end, over `rounds` times `calls` calls."""
    with ours.running() as (_, app):
        # First uses import and compile, and would stand at the top of the list.
        ours.cost(app, list(walks.calls(walks.ALONE, range(1, 20), "ours")))
        prepared = [
            posted for call in walks.calls(walks.ALONE, range(20, 20 + rounds * calls), "ours") for posted in call
        ]
        profile = cProfile.Profile()
        profile.enable()
        for posted in prepared:
            ours.answer(app, posted)
        profile.disable()
    print(f"{len(prepared)} turns")
    for order in ("cumulative", "tottime"):
        pstats.Stats(profile).strip_dirs().sort_stats(order).print_stats(45)
