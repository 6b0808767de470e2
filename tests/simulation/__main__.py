"""`python -m tests.simulation`: play seeds, and say what was done and what broke.

Examples:
  python -m tests.simulation --seeds 1000 --calls 100 --jobs 2   100,000 calls
  python -m tests.simulation --seeds 1000 --calls 10 --twice     every seed twice: the same bytes
  python -m tests.simulation --first 77 --seeds 1 --calls 100    one seed again
  python -m tests.simulation points                              every I/O point of the golden calls
  python -m tests.simulation planted                             the planted bugs
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial

from .faults import Fault
from .golden_calls import faults_of, golden_conversations, trials
from .planted_bugs import PLANTED_BUGS
from .world import Crowd, Ground, Outcome, collected

GROUNDS: list[Ground] = []
"""The ground of this process."""


# Not made at import: each process of a pool makes its own.
def ground() -> Ground:
    """Return the ground of this process, made at its first use."""
    if not GROUNDS:
        GROUNDS.append(Ground())
    return GROUNDS[0]


def play(calls: int, twice: bool, seed: int) -> Outcome:
    """Play one seed, or the same seed twice and compare."""
    with collected():
        outcome = Crowd(ground(), seed, calls).play()
        # The whole outcome is compared: equal bytes with unequal figures would be a fault of the simulation.
        if twice and (again := Crowd(ground(), seed, calls).play()) != outcome:
            outcome.violations.append(f"a second run differs: {again.digest} instead of {outcome.digest}")
    return outcome


def outcomes(arguments: argparse.Namespace) -> Iterator[Outcome]:
    """Play all seeds, in one process or several."""
    seeds = range(arguments.first, arguments.first + arguments.seeds)
    work = partial(play, arguments.calls, arguments.twice)
    if arguments.jobs == 1:
        yield from map(work, seeds)
        return
    with ProcessPoolExecutor(arguments.jobs) as pool:
        yield from pool.map(work, seeds)


def crowd(arguments: argparse.Namespace) -> int:
    """Play seeds; return the number of those that broke a promise."""
    began, broken, faults, total = time.monotonic(), 0, Counter[Fault](), Counter[str]()
    fewest = 10**6
    for outcome in outcomes(arguments):
        faults += outcome.faults
        fewest = min(fewest, outcome.fewest)
        total += Counter(
            seeds=1,
            calls=outcome.calls,
            requests=outcome.requests,
            points=outcome.points,
            virtual=round(outcome.seconds),
            cut=outcome.cut,
            sorry=outcome.sorry,
            offers=outcome.offers,
        )
        if outcome.violations:
            broken += 1
            print(f"seed {outcome.seed}:", *outcome.violations, sep="\n  ")
            print(f"  again: python -m tests.simulation --first {outcome.seed} --seeds 1 --calls {outcome.calls}")
        if arguments.verbose or total["seeds"] % 50 == 0:
            spent = time.monotonic() - began
            print(f"{total['seeds']:,} seeds, {total['calls']:,} calls, {spent:,.0f} s", flush=True)
    seconds = time.monotonic() - began
    for fault in Fault:
        print(f"{faults[fault]:>10,}  {fault.value}")
    print(
        f"{total['calls']:,} calls of {total['seeds']:,} seeds, {faults.total():,} faults, at least {fewest} a call; "
        f"{total['requests']:,} requests, {total['points']:,} uses of the store, {total['offers']:,} rings; "
        f"{total['sorry']:,} apologies, {total['cut']:,} calls out of the carrier's reach",
        f"{seconds:,.0f} s for {total['virtual'] / 86_400:,.1f} days, {total['virtual'] / seconds:,.0f} times as fast",
        # The rule of three: with no failure in n trials, the rate is below 3/n with 95 % confidence.
        f"broken: {broken} seeds" if broken else f"no promise broken (so fewer than {3 / total['calls']:.2g} of calls)",
        sep="\n",
    )
    return broken


def points(arguments: argparse.Namespace) -> int:
    """Let every point of the golden calls fail in every way; return the number of trials that broke a promise."""
    began, broken, count = time.monotonic(), 0, Counter[str]()
    for trial, name in trials(ground(), golden_conversations()):
        count[name.rpartition(": ")[2]] += 1
        if faults := faults_of(trial, name):
            broken += 1
            print(name, *faults, sep="\n  ", flush=True)
        if arguments.verbose and name.endswith("no fault"):
            print(f"{time.monotonic() - began:,.0f} s: {name}, {len(trial.points)} points", flush=True)
    for way, times in count.items():
        print(f"{times:>10,}  {way}")
    print(f"{count.total():,} calls, {broken} broken, {time.monotonic() - began:,.0f} s")
    return broken


def planted(arguments: argparse.Namespace) -> int:
    """Play the planted bugs; return the number of those that were not noticed."""
    missed = 0
    for bug in PLANTED_BUGS:
        with collected():
            seeds, by = bug.noticed(ground())
        missed += not seeds
        print(f"{f'seed {seeds}' if seeds else 'MISSED':8}  {bug.name}: {bug.words}", flush=True)
        if arguments.verbose and by:
            print(f"          {by[:200]}", flush=True)
    print(f"{len(PLANTED_BUGS) - missed} of {len(PLANTED_BUGS)} planted bugs were noticed")
    return missed


def main() -> int:
    """Run one of the parts."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.simulation", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("part", nargs="?", default="crowd", choices=["crowd", "points", "planted"])
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--calls", type=int, default=50, help="calls of one seed")
    parser.add_argument("--twice", action="store_true", help="play every seed twice, and compare every byte")
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--verbose", action="store_true", help="a line for each seed")
    arguments = parser.parse_args()
    return min(1, {"crowd": crowd, "points": points, "planted": planted}[arguments.part](arguments))


if __name__ == "__main__":
    if os.environ.get("PYTHONHASHSEED") != "0":  # the order of sets is part of what a seed decides
        os.execve(
            sys.executable,
            [sys.executable, "-m", "tests.simulation", *sys.argv[1:]],
            {**os.environ, "PYTHONHASHSEED": "0"},
        )
    raise SystemExit(main())
