"""What must hold whatever happens: random callers, agents, hang-ups, repeats, late news, restarts. In virtual time.

The model here knows when people came and how urgent they are, and nothing of how the queue decides.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from ivr.errors import LookupFailed
from ivr.flow.own_classes import PRIORITIES
from ivr.flow.waiting import HEAD_STARTS, PREEMPTING, Waiting

BOUND = 180.0
PIECE = 15.0
KEPT = 600.0
AGENTS = 3
DESKS = ("general", "vip")
STATUSES = ("completed", "busy", "no-answer", "failed", "canceled")


@dataclass
class Person:
    """A caller as an onlooker sees one."""

    call: str
    desk: str
    priority: str
    came: float
    state: str = "waiting"
    leg: str = ""
    told: int = 10**6
    last: tuple[str, Mapping[str, Any], str] = ("", {}, "")
    heard_of: float = -1.0

    @property
    def head_start(self) -> float:
        start = HEAD_STARTS.get(self.priority, 0.0)
        return max(start, BOUND) if self.priority in PREEMPTING else start


class World:
    """People and agents around one queue. `at_once` is the carrier moving whoever has an agent."""

    def __init__(self, hall: Any, *, at_once: bool, one_desk: bool = False, agents: int = AGENTS) -> None:
        self.hall, self.at_once, self.one_desk = hall, at_once, one_desk
        self.now, self.keys = 0.0, 0
        self.people: dict[str, Person] = {}
        self.perhaps: list[Person] = []
        self.legs: list[str] = []
        self.served: list[Person] = []
        for number in range(agents):
            desks = ("general",) if one_desk else (("general",), ("vip",), ("general", "vip"))[number % 3]
            hall.sign_on(f"agent{number}", 0, desks)

    # what callers do

    def here(self) -> list[Person]:
        self.perhaps = [one for one in self.perhaps if one.state in ("waiting", "ringing")]
        return self.perhaps

    def come(self, priority: str, desk: str) -> None:
        desk = "general" if self.one_desk else desk
        call = f"call{len(self.people)}"
        self.people[call] = Person(call, desk, priority, self.now)
        self.perhaps.append(self.people[call])
        self._enter(self.people[call])

    def ask(self, one: Person) -> None:
        self._request(one, "round", {"call": one.call})

    def repeat(self, one: Person) -> None:
        """The carrier sends the last request once more."""
        question, given, key = one.last
        leg = self.hall.state.offers.get(one.leg)
        rings = one.state == "ringing" and leg is not None and leg.key == key and leg.state in ("ringing", "answered")
        rings = rings and leg.until >= self.hall.at(self.now)
        self._request(one, question, given, key=key)
        assert not rings or (one.state, one.leg) == ("ringing", leg.id), "the same request rang another agent"

    def hang_up(self, one: Person, silently: bool) -> None:
        if not silently:
            self.hall.leave(one.call, self.now)
        one.state = "gone"

    def rang(self, one: Person, status: str) -> None:
        if one.state == "ringing":
            self._request(one, "rang", {"call": one.call, "status": status, "seconds": 0})

    def _enter(self, one: Person) -> None:
        self._request(one, "enter", {"call": one.call, "desk": one.desk, "priority": one.priority})

    def _request(self, one: Person, question: str, given: Mapping[str, Any], key: str = "") -> None:
        self.keys += 1
        key = key or f"{one.call}:{self.keys}"
        one.last = (question, given, key)
        if one.heard_of >= 0:
            one.state = "gone" if self.now - one.heard_of > KEPT else one.state  # no line stays silent for so long
        if one.state == "gone":
            return
        try:
            status = self.hall.ask(question, self.now, key=key, **given)
        except LookupFailed:
            assert self.now - one.heard_of > 120, "a call that was heard of lately was lost"
            self._enter(one)
            assert self.hall.waiter(one.call).entered == pytest.approx(self.hall.at(one.came)), "the place was lost"
            return
        self._follow(one, status)

    def _follow(self, one: Person, status: Mapping[str, Any]) -> None:
        one.heard_of = self.now
        match status["state"]:
            case "ring":
                fresh = status["leg"] != one.leg
                one.state, one.leg = "ringing", status["leg"]
                if fresh:
                    self.legs.append(one.leg)
                    self._is_fair(one)
            case "wait":
                one.state = "waiting"
                if status["due"]:
                    assert status["position"] <= one.told, "a place that was told grew"
                    one.told = status["position"]
            case "talked":
                one.state = "done"
                self.served.append(one)
            case "nobody":
                one.state = "gone"
            case other:
                raise AssertionError(other)

    # what agents do

    def agent_does(self, name: str, what: str) -> None:
        getattr(self.hall.queue.agents, what)(name, self.hall.at(self.now))

    def leg_does(self, leg: str, what: str, word: str) -> None:
        legs, at = self.hall.queue.legs, self.hall.at(self.now)
        offer = self.hall.state.offers.get(leg)
        before = self.hall.state
        if what == "answered":
            legs.answered(leg, at)
        elif what == "key":
            legs.key(leg, word, at)
        else:
            legs.ended(leg, word, at)
        if offer is None or offer.state in ("over", "failed"):
            assert self.hall.state == before, "what is over was changed"

    def pass_time(self, seconds: float) -> None:
        self.now += seconds

    def restart(self) -> None:
        self.hall = type(self.hall)(self.hall.line, store=self.hall.store)

    # what must hold

    def settle(self) -> None:
        """Let the carrier move everyone who has an agent, until nobody has."""
        for _ in range(20):
            paired = [self.people[call] for call in self.hall.paired(self.now)]
            if not paired:
                return
            for one in paired:
                if one.state == "gone":
                    self.hall.leave(one.call, self.now)  # the carrier says that there is no such call
                else:
                    self.ask(one)
        raise AssertionError("waiters are moved for ever")

    def check(self) -> None:
        if self.at_once:
            self.settle()
        state = self.hall.state
        live = [offer for offer in state.offers.values() if offer.state in ("ringing", "answered", "taken")]
        assert len({offer.agent for offer in live}) == len(live), "an agent has two calls"
        assert len({offer.waiter for offer in live}) == len(live), "a caller has two agents"
        for offer in live:
            assert state.agents[offer.agent].offer == offer.id
            assert state.agents[offer.agent].state == ("talking" if offer.state == "taken" else "ringing")
            assert state.waiters[offer.waiter].offer == offer.id
        for agent in state.agents.values():
            assert (agent.state in ("ringing", "talking")) == bool(agent.offer), agent
        for one in self.here():
            known = state.waiters.get(one.call)
            recent = self.now - one.heard_of < 120
            assert not recent or (known and known.state not in ("left",)), "a call was lost"
            assert not known or known.state == "left" or known.entered == self.hall.at(one.came)
        if self.at_once:
            self._nobody_waits_beside_an_idle_agent()

    def _present(self) -> list[Person]:
        """Those on the line who were heard of lately and wait."""
        return [one for one in self.here() if one.state == "waiting" and self.now - one.heard_of <= PIECE + 30]

    def _free(self) -> list[Any]:
        now = self.hall.at(self.now)
        agents = self.hall.state.agents.values()
        return [one for one in agents if one.state == "ready" or (not one.offer and 0 < one.until <= now)]

    def _is_fair(self, one: Person) -> None:
        """Nobody who came more than the head start before is left behind without an agent who is free for them."""
        if not self.one_desk:
            return
        before = [other for other in self._present() if one.came - other.came > one.head_start and other is not one]
        before += [
            other
            for other in self._present()
            if other is not one
            and other.came == one.came
            and other.head_start > one.head_start
            and not _past(other, self.now)
        ]
        assert len(before) <= len(self._free()), f"{one} overtook {before}"

    def _nobody_waits_beside_an_idle_agent(self) -> None:
        for one in self._present():
            for agent in self._free():
                assert one.desk not in agent.desks, f"{one} waits beside {agent}"
                assert not (one.desk == "vip" and "general" in agent.desks), f"{one} waits beside {agent}"


def _past(one: Person, now: float) -> bool:
    return now - one.came >= BOUND


class Queueing(RuleBasedStateMachine):
    """Hypothesis chooses what happens, and shrinks what goes wrong to the shortest story."""

    halls: Any
    lines: Any

    @initialize(at_once=st.booleans(), one_desk=st.booleans())
    def begin(self, at_once: bool, one_desk: bool) -> None:
        line = self.lines(waiting=Waiting(bound=BOUND, piece=PIECE))
        self.world = World(self.halls(line), at_once=at_once, one_desk=one_desk)

    @rule(priority=st.sampled_from(PRIORITIES), desk=st.sampled_from(DESKS))
    def comes(self, priority: str, desk: str) -> None:
        self.world.come(priority, desk)

    @rule(which=st.integers(0, 50), how=st.sampled_from(("ask", "repeat")))
    def asks(self, which: int, how: str) -> None:
        if here := self.world.here():
            getattr(self.world, how)(here[which % len(here)])

    @rule()
    def everyone_asks(self) -> None:
        for one in self.world.here():
            self.world.ask(one)

    @rule(which=st.integers(0, 50), silently=st.booleans())
    def hangs_up(self, which: int, silently: bool) -> None:
        if here := self.world.here():
            self.world.hang_up(here[which % len(here)], silently)

    @precondition(lambda self: any(one.state == "ringing" for one in self.world.here()))
    @rule(which=st.integers(0, 50), status=st.sampled_from(STATUSES))
    def dialling_ends(self, which: int, status: str) -> None:
        ringing = [one for one in self.world.here() if one.state == "ringing"]
        self.world.rang(ringing[which % len(ringing)], status)

    @rule(which=st.integers(0, AGENTS - 1), what=st.sampled_from(("ready", "ready", "pause", "off")))
    def agent(self, which: int, what: str) -> None:
        self.world.agent_does(f"agent{which}", what)

    @precondition(lambda self: self.world.legs)
    @rule(
        back=st.integers(1, 4),
        what=st.sampled_from(("answered", "key", "ended")),
        yes=st.booleans(),
        word=st.sampled_from(STATUSES),
    )
    def leg(self, back: int, what: str, yes: bool, word: str) -> None:
        leg = self.world.legs[-min(back, len(self.world.legs))]
        self.world.leg_does(leg, what, ("1" if yes else "2") if what == "key" else word)

    @rule(seconds=st.sampled_from((0.0, 0.5, 1.0, 5.0, 14.0, 40.0, 61.0, 100.0, 200.0)))
    def time_passes(self, seconds: float) -> None:
        self.world.pass_time(seconds)

    @rule()
    def restarts(self) -> None:
        self.world.restart()

    @invariant()
    def all_is_well(self) -> None:
        if hasattr(self, "world"):
            self.world.check()


def test_whatever_happens_nobody_is_lost_overtaken_or_given_twice(halls: Any, lines: Any) -> None:
    machine = type("Machine", (Queueing,), {"halls": halls, "lines": staticmethod(lines)})
    run_state_machine_as_test(machine, settings=settings(max_examples=120, stateful_step_count=40, deadline=None))


@pytest.mark.parametrize("at_once", [True, False])
def test_ten_thousand_callers_and_moody_agents(halls: Any, lines: Any, at_once: bool) -> None:
    dice = random.Random(7)
    world = World(halls(lines(waiting=Waiting(bound=BOUND, piece=PIECE))), at_once=at_once, one_desk=True, agents=9)
    while len(world.people) < 5_000:
        _moment(world, dice)
        if dice.random() < 0.05:
            world.check()
    for _ in range(400):  # no more callers come: everybody who stays is served
        _moment(world, dice, more=False)
    world.check()
    assert not [one for one in world.here() if world.now - one.heard_of < 60]
    assert len(world.served) > 1_500


def _moment(world: World, dice: random.Random, more: bool = True) -> None:
    world.pass_time(dice.expovariate(1 / 4))
    if more and dice.random() < 0.33:
        world.come(dice.choices(PRIORITIES, (6, 1, 2, 2, 0.2, 0.3))[0], "general")
    for one in world.here():
        if one.state == "waiting" and world.now - one.heard_of >= PIECE:
            world.ask(one)
        elif one.state == "ringing" and world.now - one.heard_of >= 90:
            world.rang(one, "completed")
        elif dice.random() < 0.004:
            world.hang_up(one, silently=dice.random() < 0.5)
        elif dice.random() < 0.01:
            world.repeat(one)
    offers = world.hall.state.offers.values()
    for offer in [one for one in offers if one.state not in ("over", "failed")]:
        _on_the_leg(world, offer, dice)
    if offers and dice.random() < 0.3:
        world.leg_does(dice.choice(list(offers)).id, dice.choice(("answered", "key", "ended")), "2")
    if dice.random() < 0.01:
        world.agent_does(f"agent{dice.randrange(9)}", dice.choice(("pause", "off")))
    for agent in world.hall.state.agents.values():
        if agent.state in ("off", "paused") and dice.random() < 0.2:
            world.agent_does(agent.id, "ready")


def _on_the_leg(world: World, offer: Any, dice: random.Random) -> None:
    one = world.people[offer.waiter]
    what = dice.random()
    if offer.state == "ringing" and what < 0.7:
        world.leg_does(offer.id, "answered", "")
    elif offer.state == "answered" and what < 0.8:
        world.leg_does(offer.id, "key", "1" if what < 0.7 else "2")
    elif what > 0.97 and offer.state != "taken":
        world.leg_does(offer.id, "ended", dice.choice(STATUSES))
    elif offer.state == "taken" and what < 0.2:
        if dice.random() < 0.3:
            world.leg_does(offer.id, "ended", "completed")
        if one.state == "ringing" and dice.random() < 0.95:
            world.rang(one, "completed")
    elif what > 0.9 and one.state == "ringing" and offer.state != "taken":
        world.rang(one, dice.choice(STATUSES))
