"""A day in the simulation: its waits are those of the live queue, of Erlang and of SimPy, and nobody is passed over."""

from __future__ import annotations

import heapq
import math
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
import simpy

from ivr.diagnostics.problem import Place
from ivr.flow.desk_access import accesses
from ivr.flow.hotline import read_line
from ivr.flow.model import Desk, Hotline
from ivr.flow.own_classes import PRIORITIES
from ivr.flow.rules import judge_line
from ivr.flow.waiting import PREEMPTING, Waiting
from ivr.services.queue.simulation.compiling import compiled_day
from ivr.services.queue.simulation.day import ANSWERED, GAVE_UP, play_day
from ivr.services.queue.simulation.scenario import CallerClass, Scenario
from ivr.services.queue.simulation.tables import DayCallers, Played, tables_of
from ivr.yamlfile.source import read_text

from .fixtures import a_scenario, random_agents, random_desks, some_callers, to

BOUND = 180.0
NAMES = ("general", "vip", "elderly", "loans")
MIX = (
    CallerClass("normal", 0.5, "general", "normal", 200.0, math.inf),
    CallerClass("loans", 0.1, "loans", "normal", 200.0, math.inf),
    CallerClass("complaint", 0.05, "general", "complaint", 200.0, math.inf),
    CallerClass("elderly", 0.15, "elderly", "elderly", 200.0, math.inf),
    CallerClass("vip", 0.15, "vip", "vip", 200.0, math.inf),
    CallerClass("loss", 0.03, "general", "loss", 200.0, math.inf),
    CallerClass("fraud", 0.02, "general", "fraud", 200.0, math.inf),
)


# the live queue


@dataclass
class LiveDay:
    """The same callers at the live queue: they enter, ask again, are connected, and agents wrap up."""

    hall: Any
    scenario: Scenario
    callers: DayCallers
    began: dict[int, float] = field(default_factory=dict)
    events: list[tuple[float, int, str, int]] = field(default_factory=list)

    def run(self) -> dict[int, float]:
        for number, desks in enumerate(self.scenario.agents):
            self.hall.sign_on(f"agent{number:03d}", 0.0, desks)
        for caller, came in enumerate(self.callers.came):
            self.later(float(came), "comes", caller)
        while self.events:
            now, _, what, caller = heapq.heappop(self.events)
            getattr(self, what)(caller, now)
        return self.began

    def later(self, at: float, what: str, caller: int = -1) -> None:
        heapq.heappush(self.events, (at, len(self.events) + 1, what, caller))

    def comes(self, caller: int, now: float) -> None:
        kind = self.scenario.classes[self.callers.kind[caller]]
        self.follow(caller, self.hall.enter(f"{caller}", now, kind.desk, priority=kind.priority), now)
        for seconds in {desk.overflow_after for desk in self.scenario.line.desks.values()} | {BOUND}:
            self.later(now + seconds + 1e-5, "look")
        self.later(now + float(self.callers.patience[caller]), "gives_up", caller)

    def gives_up(self, caller: int, now: float) -> None:
        if caller not in self.began:
            self.hall.leave(f"{caller}", now)
            self.began[caller] = math.nan

    def asks(self, caller: int, now: float) -> None:
        if caller not in self.began:
            self.follow(caller, self.hall.round(f"{caller}", now), now)

    def follow(self, caller: int, status: Any, now: float) -> None:
        if status["state"] == "wait":
            self.later(now + 40.0, "asks", caller)
            return
        self.hall.queue.legs.key(status["leg"], "1", self.hall.at(now))
        self.began[caller] = now
        self.later(now + float(self.callers.talk[caller]), "ends", caller)

    def ends(self, caller: int, now: float) -> None:
        assert self.hall.rang(f"{caller}", now)["state"] == "talked"
        kind = self.scenario.classes[self.callers.kind[caller]]
        free = now + self.scenario.wrap_up[kind.desk] + 1e-5
        for seconds in {desk.reserved or 0.0 for desk in self.scenario.line.desks.values()}:
            self.later(free + seconds + 1e-5, "look")

    def look(self, _: int, now: float) -> None:
        for call in self.hall.paired(now):
            self.asks(int(call), now)


@pytest.mark.parametrize("seed", range(8))
def test_every_wait_is_that_of_the_live_queue(halls: Any, seed: int) -> None:
    dice = random.Random(seed)
    names = NAMES if seed % 2 else NAMES[:3]
    line = Hotline({}, random_desks(dice, names), "general", waiting=Waiting(piece=20.0))
    kinds = [
        CallerClass(kind.name, kind.share, kind.desk, kind.priority, kind.talk, dice.choice((math.inf, 120.0)))
        for kind in MIX
        if kind.desk in names
    ]
    agents = random_agents(dice, names, 4)
    scenario = Scenario(line, tuple(kinds), agents, (1.0,), {name: desk.wrap_up for name, desk in line.desks.items()})
    callers = some_callers(seed, 120, 230 / len(agents), kinds)
    played = play_day(callers, tables_of(scenario))
    live = LiveDay(halls(line), scenario, callers).run()
    waits = [at if how == ANSWERED else math.nan for at, how in zip(played.at, played.outcome, strict=True)]
    assert [live[number] for number in range(120)] == pytest.approx(waits, abs=1e-3, nan_ok=True)


# theory, and another program


def erlang_c(agents: int, load: float) -> float:
    blocked = 1.0
    for count in range(1, agents + 1):
        blocked = load * blocked / (count + load * blocked)
    return blocked / (1 - (load / agents) * (1 - blocked))


def one_desk(patience: float) -> tuple[Hotline, CallerClass]:
    line = Hotline({}, {"general": Desk("general", "+861085550100", 30, wrap_up=0.0)}, "general")
    return line, CallerClass("normal", 1, "general", "normal", 300.0, patience)


def test_without_priorities_the_waits_are_those_of_erlang_c() -> None:
    """100 calls an hour of 300 s on ten agents: 0.4876 wait, on average 87.8 s."""
    line, kind = one_desk(math.inf)
    rules, load = tables_of(a_scenario(line, [kind], {"general": 10})), 100 / 3600 * 300
    waits, waiting = [], []
    for seed in range(8):
        callers = some_callers(seed, 500_000, 36.0, [kind])
        played = compiled_day()(callers, rules)
        waits.append(float((played.at - callers.came).mean()))
        waiting.append(float((played.at > callers.came).mean()))
    assert np.mean(waiting) == pytest.approx(erlang_c(10, load), rel=0.03)
    assert np.mean(waits) == pytest.approx(erlang_c(10, load) * 300 / (10 - load), rel=0.03)


@pytest.mark.parametrize(("agents", "gave_up"), [(9, 0.1178), (10, 0.0755), (11, 0.0459), (12, 0.0263)])
def test_impatient_callers_give_up_as_erlang_a_says(agents: int, gave_up: float) -> None:
    """Garnett, Mandelbaum and Reiman 2002: 100 calls an hour of 300 s, mean patience 180 s."""
    line, kind = one_desk(180.0)
    callers = some_callers(agents, 600_000, 36.0, [kind])
    played = compiled_day()(callers, tables_of(a_scenario(line, [kind], {"general": agents})))
    assert float((played.outcome == GAVE_UP).mean()) == pytest.approx(gave_up, rel=0.03)
    assert float((played.at - callers.came).mean()) == pytest.approx(gave_up * 180, rel=0.03)


def test_simpy_finds_the_same_waits_for_the_same_callers() -> None:
    line, kind = one_desk(math.inf)
    callers = some_callers(7, 3_000, 36.0, [kind])
    world, waits = simpy.Environment(), []
    agents = simpy.Resource(world, 10)

    def call(came: float, talk: float) -> Any:
        yield world.timeout(came)
        with agents.request() as agent:
            yield agent
            waits.append((came, world.now - came))
            yield world.timeout(talk)

    for came, talk in zip(callers.came, callers.talk, strict=True):
        world.process(call(float(came), float(talk)))
    world.run()
    played = play_day(callers, tables_of(a_scenario(line, [kind], {"general": 10})))
    assert [wait for _, wait in sorted(waits)] == pytest.approx(list(played.at - callers.came), abs=1e-6)


# nobody is passed over


def passed(
    scenario: Scenario, callers: DayCallers, played: Played, waits_from: float, may_pass: Callable[[str, str], bool]
) -> list[str]:
    """Return who, after `waits_from` seconds, was passed by a later caller at an agent who could serve both."""
    kinds, faults = scenario.classes, []
    for early in np.flatnonzero(played.at - callers.came >= waits_from):
        began = played.at
        later = (callers.came > callers.came[early]) & (played.outcome == ANSWERED)
        later &= (began < played.at[early]) & (began - callers.came[early] >= waits_from)
        mine = kinds[callers.kind[early]]
        for late in np.flatnonzero(later):
            other, desks = kinds[callers.kind[late]], scenario.agents[played.agent[late]]
            if not may_pass(other.name, mine.name) and accesses(scenario.line, scenario.line.desks[mine.desk], desks):
                faults.append(f"{mine.name} of {callers.came[early]:.0f} by {other.name} of {callers.came[late]:.0f}")
    return faults


@pytest.mark.parametrize("seed", range(10))
def test_on_a_hundred_days_of_random_lines_nobody_is_passed_after_the_bound(seed: int) -> None:
    for day in range(10):
        dice = random.Random(1_000 * seed + day)
        line = Hotline({}, random_desks(dice, NAMES), "general")
        agents = random_agents(dice, NAMES, 6)
        wrap_up = {name: desk.wrap_up for name, desk in line.desks.items()}
        scenario = Scenario(line, MIX, agents, (1.0,), wrap_up)
        callers = some_callers(dice.randrange(1_000), 400, dice.uniform(180, 240) / len(agents), MIX)
        played = play_day(callers, tables_of(scenario))
        assert (played.outcome == ANSWERED).all()
        assert passed(scenario, callers, played, BOUND, lambda later, _: later in PREEMPTING) == []


FAIR = ("normal", "elderly", "vip")


def sound_line(dice: random.Random) -> tuple[Hotline, int]:
    """Return a random line that `ivr check` has no fault to find with, and how many it refused before."""
    for refused in range(10_000):
        line, problems = checked(dice)
        if line is not None and not problems:
            return line, refused
        assert {problem.rule for problem in problems} <= {"waits-longer", "beyond-bound"}
        assert all(problem.cure for problem in problems)
    raise AssertionError("no line is sound")


def checked(dice: random.Random) -> tuple[Hotline | None, list[Any]]:
    names = NAMES[:3]
    desks = {}
    for name in names:
        others = [other for other in names if other != name]
        keys = ['number: "+861085550100"', f"wrap_up: {dice.choice((0, 20))}s"]
        keys += [f"overflow: [{', '.join(dice.sample(others, dice.randint(1, 2)))}]"] if dice.random() < 0.8 else []
        keys += [f"overflow_after: {dice.choice((15, 60, 300))}s"] if dice.random() < 0.2 else []
        keys += [f"reserved: {dice.choice((0, 10, 60))}s"] if dice.random() < 0.3 else []
        desks[name] = f"  {name}: {{{', '.join(keys)}}}\n"
    text = (
        "lines: {default: a}\ndesk: general\ndesks:\n" + "".join(desks.values()) + "segments:\n"
        "  vip: {when: caller.segment == 'vip', desk: vip, priority: vip}\n"
        "  elderly: {when: caller.age >= 65, desk: elderly, priority: elderly}\n"
        f"queue: {{bound: {dice.choice((120, 180, 300))}s}}\n"
    )
    node, slips = read_text(text, "line.yaml")
    assert not slips
    line, problems = read_line(node, Place("line.yaml", 1, 1), exists=True)
    return line, problems + (judge_line(line, node) if line else [])


def test_on_a_hundred_days_of_lines_that_pass_the_check_older_and_vip_callers_wait_no_longer_than_others() -> None:
    waits: dict[str, list[Any]] = {name: [] for name in FAIR}
    refused = 0
    for seed in range(100):
        dice = random.Random(seed)
        line, before = sound_line(dice)
        refused += before
        kinds = tuple(kind for kind in MIX if kind.name in FAIR)
        agents = random_agents(dice, NAMES[:3], 6)
        scenario = Scenario(line, kinds, agents, (1.0,), {name: desk.wrap_up for name, desk in line.desks.items()})
        callers = some_callers(seed, 700, dice.uniform(200, 320) / len(agents), kinds)
        played = play_day(callers, tables_of(scenario))
        assert passed(scenario, callers, played, 0.0, lambda later, first: later != "normal" or first == "normal") == []
        for number, kind in enumerate(kinds):
            waits[kind.name].extend((played.at - callers.came)[callers.kind == number])
    assert refused > 50
    mean = {name: float(np.mean(seconds)) for name, seconds in waits.items()}
    assert mean["vip"] < mean["normal"] > mean["elderly"], mean


def test_a_line_that_the_check_refuses_lets_older_callers_wait_longer() -> None:
    general = Desk("general", "+861085550100", 30)
    slow = Desk("elderly", "+861085550165", 30, overflow=(to("general"),), overflow_after=60.0)
    line = Hotline({}, {"general": general, "elderly": slow}, "general")
    kinds = [kind for kind in MIX if kind.name in ("normal", "elderly")]
    scenario = a_scenario(line, kinds, {"general": 10})
    callers = some_callers(3, 3_000, 30.0, kinds)
    waits = play_day(callers, tables_of(scenario)).at - callers.came
    assert waits[callers.kind == 1].mean() > 2 * waits[callers.kind == 0].mean()


def test_a_caller_who_accepts_a_call_back_keeps_the_place_and_does_not_give_up() -> None:
    line = Hotline({}, {"general": Desk("general", "+861085550100", 30, wrap_up=0.0)}, "general")
    kind = CallerClass("normal", 1, "general", "normal", 300.0, 60.0)
    rules = tables_of(a_scenario(line, [kind], {"general": 5}))
    callers = some_callers(5, 4_000, 40.0, [kind])
    on_the_line = play_day(callers, rules)
    back = play_day(callers._replace(accepts=np.ones(4_000, bool)), rules)
    assert not on_the_line.called_back.any()
    assert back.called_back.sum() > 200
    assert (back.outcome[back.called_back] == ANSWERED).all()
    assert (back.outcome == GAVE_UP).sum() < (on_the_line.outcome == GAVE_UP).sum()
    order = back.at[back.called_back]
    assert (np.diff(order) >= 0).all(), "of one class, the first is called back first"


def test_priorities_are_those_of_the_flow_language() -> None:
    assert {kind.priority for kind in MIX} == set(PRIORITIES)
