"""`ivr queue simulate` against SimPy: processor time of a caller, and the waits of both beside those of Erlang.

The same scenario in both, in the same rounds: 100 calls an hour, talks of 300 s, ten agents, once with endless patience
(Erlang C) and once with 180 s (Erlang A). The making of the machine code is not counted; it is told beside.
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable
from functools import partial

import numpy as np
import simpy

from ivr.flow.model import Desk, Hotline
from ivr.services.queue.simulation.compiling import compiled_day
from ivr.services.queue.simulation.day import play_day
from ivr.services.queue.simulation.draws import callers_of
from ivr.services.queue.simulation.scenario import CallerClass, Scenario
from ivr.services.queue.simulation.tables import tables_of

from .report import Row, compared
from .rounds import Rounds

OURS, PLAIN, SIMPY = "ours", "ours, no machine code", "SimPy"
AN_HOUR, TALK, AGENTS = 100.0, 300.0, 10
MODELS = {"Erlang C": math.inf, "Erlang A": 180.0}
MEAN_WAITS = {"Erlang C": 87.8, "Erlang A": 13.6}
"""Seconds: Erlang 1917; Garnett, Mandelbaum and Reiman 2002."""
FASTER = 20
"""How many times as fast as SimPy ours should be."""
LINE = Hotline({}, {"general": Desk("general", "+861085550100", 30, wrap_up=0.0)}, "general")


def run(rounds: int, calls: int) -> list[Row]:
    """Measure both models; `calls` counts thousands of callers of SimPy, and ours plays ten times as many."""
    rows = []
    for model, patience in MODELS.items():
        started = time.process_time()
        play = compiled_day()
        # The first run compiles, which takes seconds and happens once: it is told apart.
        play(callers_of(_scenario(1.0, patience, 1), 0), tables_of(_scenario(1.0, patience, 1)))
        made = time.process_time() - started
        waits: dict[str, list[float]] = {OURS: [], PLAIN: [], SIMPY: []}
        many, few = calls * 10_000, calls * 1_000
        contenders = {
            OURS: _measured(partial(_ours, play, many, patience), waits[OURS]),
            PLAIN: _measured(partial(_ours, play_day, few, patience), waits[PLAIN]),
            SIMPY: _measured(partial(_simpy, few, patience), waits[SIMPY]),
        }
        measured = Rounds.run(contenders, rounds)
        measured.show(f"One caller, {model}, processor time", "us", SIMPY, times=1e6, digits=2)
        print(f"  machine code was ready after {made:.1f} s; mean waits: " + _told(waits, MEAN_WAITS[model]))
        rows.append(compared(f"one simulated caller, {model}", measured, SIMPY, OURS, aim=f"at least {FASTER}x"))
    return rows


def _told(waits: dict[str, list[float]], theory: float) -> str:
    means = ", ".join(f"{name} {np.mean(seconds):.1f} s" for name, seconds in waits.items())
    return f"{means}, theory {theory:.1f} s"


def _measured(play: Callable[[int], tuple[int, float]], waits: list[float]) -> Callable[[], float]:
    def measure() -> float:
        started = time.process_time()
        count, mean = play(len(waits) + 1)
        waits.append(mean)
        return (time.process_time() - started) / count

    return measure


def _scenario(hours: float, patience: float, seed: int) -> Scenario:
    """One long day: as many calls as wanted come at a multiple of the rate, for clocks that are as much faster."""
    faster = hours / 24
    kind = CallerClass("normal", 1.0, "general", "normal", TALK / faster, patience / faster)
    agents = (("general",),) * AGENTS
    return Scenario(LINE, (kind,), agents, (AN_HOUR * faster,) * 24, {"general": 0.0}, seed=seed)


def _ours(play: Callable[..., object], calls: int, patience: float, seed: int) -> tuple[int, float]:
    scenario = _scenario(calls / AN_HOUR, patience, seed)
    callers = callers_of(scenario, 0)
    played = play(callers, tables_of(scenario))
    faster = calls / AN_HOUR / 24
    return len(callers.came), float((played.at - callers.came).mean()) * faster  # type: ignore[attr-defined]


def _simpy(calls: int, patience: float, seed: int) -> tuple[int, float]:
    dice, world = random.Random(seed), simpy.Environment()
    agents, waits = simpy.Resource(world, AGENTS), []

    def call():
        came = world.now
        with agents.request() as agent:
            if math.isinf(patience):
                yield agent
            else:
                yield agent | world.timeout(dice.expovariate(1 / patience))
            waits.append(world.now - came)
            # The wait may have ended by patience: then the caller has no agent and leaves.
            if agent.triggered:
                yield world.timeout(dice.expovariate(1 / TALK))

    def line():
        for _ in range(calls):
            yield world.timeout(dice.expovariate(AN_HOUR / 3600))
            world.process(call())

    world.process(line())
    world.run()
    return calls, sum(waits) / len(waits)
