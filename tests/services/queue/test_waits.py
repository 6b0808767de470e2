"""Ten thousand callers in virtual time, through the service: the waits are those that theory and other programs give.

Why the comparison with Erlang C is sound: the mean wait of 10,000 callers alone is off by about a tenth, whatever
program computed it, because waits come in long clusters. But wait by wait the queue must equal a recursion of a few
lines that knows nothing of it (Kiefer and Wolfowitz: each caller gets the agent who is free first), on the same
arrivals and conversations. With that as a control variate the noise of the sample cancels, and what is left is the
error of the recursion itself over 2.4 million callers. It is measured by batch means: twice that is below 3 percent.
"""

from __future__ import annotations

import heapq
import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import accumulate
from math import exp
from statistics import covariance, fmean, stdev, variance
from typing import Any

import pytest

from ivr.flow.model import Desk, Hotline
from ivr.flow.waiting import HEAD_STARTS, Waiting

CALLERS = 10_000
AN_HOUR, HANDLING = 100, 300.0
"""Callers an hour, and seconds that a conversation takes on average: eight and a third agents are always busy."""
PIECE = 60.0
HEARTBEAT = 80.0
"""Waiters ask this often at least; rarer than on the telephone, so that the test is fast, and still not absent."""


def erlang_c(agents: int, load: float) -> float:
    """Return the share of callers who wait, by the recursion of Erlang B."""
    blocked = 1.0
    for count in range(1, agents + 1):
        blocked = load * blocked / (count + load * blocked)
    return blocked / (1 - (load / agents) * (1 - blocked))


def erlang_c_wait(agents: int, load: float, handling: float) -> float:
    """Return the mean wait of all callers, in the unit of `handling`."""
    return erlang_c(agents, load) * handling / (agents - load)


def erlang_a_abandoned(agents: int, arrivals: float, handling: float, patience: float) -> float:
    """Return the share of callers who give up: a birth and death chain with impatient callers."""
    rates = (min(k, agents) / handling + max(0, k - agents) / patience for k in range(1, 400))
    weights = list(accumulate(rates, lambda weight, rate: weight * arrivals / rate, initial=1.0))
    waiting = sum(weight * max(0, k - agents) for k, weight in enumerate(weights)) / sum(weights)
    return waiting / patience / arrivals


def test_the_formulas_give_the_published_values() -> None:
    """Sources: Erlang 1917; Garnett, Mandelbaum and Reiman 2002; 100 calls an hour of 300 s, patience 180 s."""
    load = AN_HOUR / 3600 * HANDLING
    for agents, waits, in_20, mean in (
        (10, 0.4876, 0.5637, 87.8),
        (11, 0.2996, 0.7492, 33.7),
        (13, 0.0986, 0.9278, 6.3),
    ):
        assert erlang_c(agents, load) == pytest.approx(waits, abs=5e-5)
        assert 1 - waits * exp(-(agents - load) * 20 / HANDLING) == pytest.approx(in_20, abs=1e-4)
        assert erlang_c_wait(agents, load, HANDLING) == pytest.approx(mean, abs=0.05)
    for agents, abandoned in ((9, 0.1178), (10, 0.0755), (11, 0.0459), (12, 0.0263)):
        assert erlang_a_abandoned(agents, AN_HOUR / 3600, HANDLING, 180) == pytest.approx(abandoned, abs=5e-5)


@dataclass(frozen=True)
class Caller:
    name: str
    came: float
    priority: str = "normal"


@dataclass
class Day:
    """Callers come, agents take them as the queue says, conversations end. The k-th that begins takes `talks[k]`."""

    hall: Any
    callers: list[Caller]
    talks: list[float]
    waits: dict[str, float] = field(default_factory=dict)
    began: list[Caller] = field(default_factory=list)

    def run(self) -> Day:
        self.by_name = {caller.name: caller for caller in self.callers}
        self.events: list[tuple[float, int, str, str]] = []
        self.count = 0
        for caller in self.callers:
            self.later(caller.came, "comes", caller.name)
        while self.events:
            now, _, what, call = heapq.heappop(self.events)
            getattr(self, what)(call, now)
        return self

    def later(self, at: float, what: str, call: str) -> None:
        self.count += 1
        heapq.heappush(self.events, (at, self.count, what, call))

    def comes(self, call: str, now: float) -> None:
        self.follow(call, self.hall.enter(call, now, priority=self.by_name[call].priority), now)

    def asks(self, call: str, now: float) -> None:
        if call not in self.waits:
            self.follow(call, self.hall.round(call, now), now)

    def follow(self, call: str, status: Any, now: float) -> None:
        if status["state"] == "wait":
            self.later(now + HEARTBEAT, "asks", call)
            return
        self.hall.queue.legs.key(status["leg"], "1", self.hall.at(now))
        self.waits[call] = now - self.by_name[call].came
        self.later(now + self.talks[len(self.began)], "ends", call)
        self.began.append(self.by_name[call])

    def ends(self, call: str, now: float) -> None:
        assert self.hall.rang(call, now)["state"] == "talked"
        for paired in self.hall.paired(now):
            self.asks(paired, now)


def arrivals(seed: int, count: int, mix: dict[str, float] | None = None) -> tuple[list[Caller], list[float]]:
    dice = random.Random(seed)
    times = accumulate(dice.expovariate(AN_HOUR / 3600) for _ in range(count))
    weights = mix or {"normal": 1.0}
    kinds = dice.choices(list(weights), list(weights.values()), k=count)
    talks = [dice.expovariate(1 / HANDLING) for _ in range(count)]
    return [Caller(f"c{n}", came, kind) for n, (came, kind) in enumerate(zip(times, kinds, strict=True))], talks


def first_come(
    came: Iterator[float] | list[float], talks: Iterator[float] | list[float], agents: int
) -> Iterator[float]:
    """Yield each wait when everyone gets the agent who is free first (Kiefer and Wolfowitz)."""
    free = [0.0] * agents
    for at, talk in zip(came, talks, strict=False):
        begins = max(at, free[0])
        heapq.heapreplace(free, begins + talk)
        yield begins - at


def by_rank(callers: list[Caller], talks: list[float], agents: int, bound: float) -> dict[str, float]:
    """Compute the waits under priorities in another way than the queue does: a plain list, sifted at each moment."""
    free, waiting, waits, todo = [0.0] * agents, [], {}, iter([*callers, None])
    following = next(todo)
    while following or waiting:
        if following and (not waiting or following.came <= free[0]):
            waiting.append(following)
            following = next(todo)
            continue
        now = max(free[0], min(caller.came for caller in waiting))
        if following and following.came <= now:
            continue
        chosen = _first(waiting, now, bound)
        waiting.remove(chosen)
        heapq.heapreplace(free, now + talks[len(waits)])
        waits[chosen.name] = now - chosen.came
    return waits


def _first(waiting: list[Caller], now: float, bound: float) -> Caller:
    urgent = [one for one in waiting if one.priority == "fraud" or now - one.came >= bound]
    if urgent:
        return min(urgent, key=lambda one: (one.came - (1000 if one.priority == "fraud" else 0), one.came))
    return min(waiting, key=lambda one: (one.came - HEAD_STARTS.get(one.priority, 0), one.came))


@pytest.fixture
def full_hall(halls: Any, request: pytest.FixtureRequest) -> Callable[[int], Any]:
    def build(agents: int) -> Any:
        desk = Desk("general", "+861085550100", 30, wrap_up=0.0)
        hall = halls(Hotline({}, {"general": desk}, "general", waiting=Waiting(piece=PIECE, most=100_000)))
        for number in range(agents):
            hall.sign_on(f"agent{number}", -1)
        return hall

    return build


def test_without_priorities_the_waits_are_those_of_erlang_c(full_hall: Callable[[int], Any]) -> None:
    agents, load = 10, AN_HOUR / 3600 * HANDLING
    callers, talks = arrivals(1, CALLERS)
    day = Day(full_hall(agents), callers, talks).run()
    same = list(first_come([caller.came for caller in callers], talks, agents))
    assert [day.waits[caller.name] for caller in callers] == pytest.approx(same, abs=1e-3)
    assert day.began == callers

    waits, shares, error = long_run(agents)
    wanted = erlang_c_wait(agents, load, HANDLING)
    assert 2 * error < 0.03 * wanted, "the comparison would prove nothing"
    mean = fmean(day.waits.values()) - fmean(same) + waits
    assert mean == pytest.approx(wanted, rel=0.03)
    assert shares == pytest.approx(erlang_c(agents, load), rel=0.03)


def long_run(agents: int, batches: int = 48, size: int = 50_000) -> tuple[float, float, float]:
    """Return the mean wait and the share who wait over 2.4 million callers, and the standard error of the mean.

    Each batch is set right by how much more work came in it than is expected, which halves the error.
    """
    dice, free, now = random.Random(2), [0.0] * agents, 0.0
    means, extra, waited = [], [], 0
    for _ in range(batches):
        total = gaps = work = 0.0
        for _ in range(size):
            gap, talk = dice.expovariate(AN_HOUR / 3600), dice.expovariate(1 / HANDLING)
            now, gaps, work = now + gap, gaps + gap, work + talk
            begins = max(now, free[0])
            heapq.heapreplace(free, begins + talk)
            total += begins - now
            waited += begins > now
        means.append(total / size)
        extra.append(work / HANDLING / (gaps * AN_HOUR / 3600) - 1)
    slope = covariance(extra, means) / variance(extra)
    freed = [mean - slope * more for mean, more in zip(means, extra, strict=True)]
    return fmean(freed), waited / batches / size, stdev(freed) / batches**0.5


MIX = {"normal": 0.6, "complaint": 0.05, "elderly": 0.15, "vip": 0.18, "fraud": 0.02}


def test_with_priorities_every_wait_is_the_one_that_another_program_finds(full_hall: Callable[[int], Any]) -> None:
    agents = 10
    callers, talks = arrivals(3, CALLERS, MIX)
    day = Day(full_hall(agents), callers, talks).run()
    other = by_rank(callers, talks, agents, bound=180.0)
    assert [day.waits[caller.name] for caller in callers] == pytest.approx(
        [other[one.name] for one in callers], abs=1e-3
    )

    # No agent idles while somebody waits, whatever the order: so all together wait exactly as long as without it.
    without = list(first_come([caller.came for caller in callers], talks, agents))
    assert fmean(day.waits.values()) == pytest.approx(fmean(without), abs=1e-3)
    gains = [(one.priority, alone - day.waits[one.name]) for one, alone in zip(callers, without, strict=True)]
    gain = {kind: fmean(seconds for of, seconds in gains if of == kind) for kind in MIX}
    assert gain["fraud"] > gain["vip"] > gain["elderly"] > gain["complaint"] > gain["normal"]
    assert Counter(caller.priority for caller in day.began) == Counter(caller.priority for caller in callers)
