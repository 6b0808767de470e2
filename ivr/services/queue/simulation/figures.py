"""The figures of a simulation: what each class of callers waited. Defined as those of `ivr report`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from .day import ANSWERED, GAVE_UP, play_day
from .draws import callers_of
from .scenario import Scenario, check_scenario
from .tables import DayCallers, Flags, Floats, Integers, Played, Tables, tables_of

COMPILED_FROM = 300_000
"""The calls from which machine code saves more time than its making takes."""

DayPlayer = Callable[[DayCallers, Tables], Played]


@dataclass(frozen=True)
class WaitFigures:
    """The waits of one class, in seconds; None where no caller was answered.

    `mean`, `p90` and `longest` are those of answered callers. `service_level` is the share of callers who were answered
    within a time, and `abandonment` of those who gave up; who gave up almost at once counts for neither.
    `called_back` chose a call back, of whom each got one after `call_back_mean` seconds.
    """

    name: str
    calls: int
    answered: int
    gave_up: int
    called_back: int
    mean: float | None
    p90: float | None
    longest: float | None
    service_level: float | None
    abandonment: float | None
    call_back_mean: float | None


@dataclass(frozen=True)
class SimulationFigures:
    """The figures of all callers and of each class, and the share of their time in which agents were busy."""

    everyone: WaitFigures
    classes: tuple[WaitFigures, ...]
    occupancy: float


def simulate(scenario: Scenario, *, within: float, short: float, player: DayPlayer | None = None) -> SimulationFigures:
    """Play all days and return the figures. Raises ScenarioError for an impossible scenario.

    `within` is the time of the service level, `short` the time below which a hang-up counts for nothing. `player` is
    `play_day` or its machine code; without it, the number of calls decides.
    """
    check_scenario(scenario)
    rules, play = tables_of(scenario), player or _player(scenario)
    kinds, waits, outcomes, backs, busy = [], [], [], [], 0.0
    for day in range(scenario.days):
        callers = callers_of(scenario, day)
        played = play(callers, rules)
        answered = played.outcome == ANSWERED
        busy += float((callers.talk + rules.wrap_up[callers.kind])[answered].sum())
        kinds.append(callers.kind)
        waits.append(played.at - callers.came)
        outcomes.append(played.outcome)
        backs.append(played.called_back)
    days = _Days(np.concatenate(waits), np.concatenate(outcomes), np.concatenate(backs), within, short)
    kind = np.concatenate(kinds)
    seconds = scenario.days * len(scenario.agents) * (scenario.closes - scenario.opens)
    return SimulationFigures(
        everyone=_figures("all", days),
        classes=tuple(_figures(each.name, days.of(kind == number)) for number, each in enumerate(scenario.classes)),
        occupancy=round(busy / seconds, 4),
    )


def without_head_starts(scenario: Scenario) -> Scenario:
    """Return the scenario with the same callers, of whom none has a head start."""
    rules = replace(scenario.line.waiting, head_starts={})
    return replace(scenario, line=replace(scenario.line, waiting=rules))


def _player(scenario: Scenario) -> DayPlayer:
    if scenario.expected_calls() < COMPILED_FROM:
        return play_day
    # Here, because Numba is in the extra "simulate" and short simulations do without it.
    from .compiling import compiled_day

    return compiled_day()


@dataclass(frozen=True)
class _Days:
    """The callers of all days: how long they waited, what became of them, and who chose a call back."""

    waits: Floats
    outcome: Integers
    called_back: Flags
    within: float
    short: float

    def of(self, chosen: Flags) -> _Days:
        """Return some of these callers."""
        return replace(
            self, waits=self.waits[chosen], outcome=self.outcome[chosen], called_back=self.called_back[chosen]
        )


def _figures(name: str, days: _Days) -> WaitFigures:
    gave_up, back = days.outcome == GAVE_UP, days.called_back
    # The time until a call back is not a wait: the caller has hung up.
    answered = (days.outcome == ANSWERED) & ~back
    short = int((gave_up & (days.waits < days.short)).sum())
    waits, counted = days.waits[answered], len(days.waits) - short
    return WaitFigures(
        name=name,
        calls=len(days.waits),
        answered=len(waits),
        gave_up=int(gave_up.sum()),
        called_back=int(back.sum()),
        mean=_rounded(waits.mean() if len(waits) else None),
        p90=_rounded(np.quantile(waits, 0.9) if len(waits) else None),
        longest=_rounded(waits.max() if len(waits) else None),
        service_level=_share(int((waits <= days.within).sum()), counted),
        abandonment=_share(int(gave_up.sum()) - short, counted),
        call_back_mean=_rounded(days.waits[back].mean() if back.any() else None),
    )


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(float(seconds), 1)


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole > 0 else None
