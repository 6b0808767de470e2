"""One seed's world: workers, store, bank, carrier, callers and agents, from the first call until all is over."""

from __future__ import annotations

import functools
import gc
import hashlib
import logging
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import patch

from ivr import discovery
from ivr.app import Ivr
from ivr.carrier import addresses
from ivr.carrier.carrier_options import CarrierOptions
from ivr.carrier.player import Player
from ivr.carrier.requests import PhoneLine
from ivr.channels.twilio import apology
from ivr.channels.twilio.paths import FALLBACK
from ivr.crypto import Seal
from ivr.engine import engine
from ivr.flow.chart import Chart
from ivr.flow.loader import load
from ivr.flow.model import Flow, Release
from ivr.session.step_registry import catalogue
from ivr.settings import Settings
from ivr.telemetry.log import LOG
from tests.switchboard import Switchboard

from .bank import BANK_URL, BankLine, DemoBank
from .chance import seeded
from .checker import Checker
from .faults import AT_POINTS, MENU, CallFaults, Fault, PlannedFaults
from .network import Network
from .people import AGENTS, ERRANDS, SECRETS, Errand, SimulatedCaller, agent_answer, draw_caller
from .points import Judge
from .queue_checker import QueueChecker
from .shared_store import SharedStore
from .stage import Stage
from .worker import Site, Worker

FLOWS = Path(__file__).parents[2] / "flows"
BASE = "http://ivr.test"
TOKEN = "fedcba9876543210fedcba9876543210"
MONDAY_AT_TEN = 1_795_399_200.0
SECONDS_BETWEEN = 4.0
"""Seconds from one call to the next, on average."""
LONGEST_WORLD = 6 * 3600.0
LOST_AFTER = 30 * 3600.0
"""Seconds after which a call is surely lost, by a clock that may have jumped some hours meanwhile."""
AFTERWARDS = 300.0
"""Seconds of work after the last call: late requests, wrap-ups, promises."""
Alteration = Callable[[Ivr], None]


class Ground:
    """What all worlds of a process share because it is costly and does not change: flows, charts, bank, web pages."""

    def __init__(self) -> None:
        self.release: Release = load(FLOWS, catalogue())
        self.settings = Settings.from_environment(
            {
                "TWILIO_AUTH_TOKEN": TOKEN,
                "IVR_KEY": "simulation key, thirty-two bytes",
                "IVR_STORE": "memory:",
                "IVR_FLOWS": str(FLOWS),
                "IVR_BANK_URL": BANK_URL,
            }
        )
        # The bank draws salts for its PINs when it is filled. A stream with a fixed name makes them alike in every
        # process.
        chance = random.Random("bank")
        with seeded(Stage(0.0), chance):
            self.bank = DemoBank()
        self.sites: dict[int, Site] = {}
        # Each life of a worker looks for extensions, and would read the metadata of all installed packages again.
        self.installed = functools.cache(discovery.entry_points)
        self._charts: dict[int, Chart] = {}
        # What all worlds share lives as long as the process, and no collection needs to look at it again.
        gc.freeze()

    def chart(self, flow: Flow) -> Chart:
        """Return the chart of a flow, made once."""
        # By identity: all worlds use the same release, and to hash a flow means to hash all its steps.
        if id(flow) not in self._charts:
            self._charts[id(flow)] = Chart(flow)
        return self._charts[id(flow)]

    def close(self) -> None:
        self.bank.close()


@contextmanager
def collected() -> Iterator[None]:
    """Collect what a world leaves when it is over, not while it runs: its tasks unwind then."""
    gc.disable()
    try:
        yield
    finally:
        gc.collect()
        gc.enable()


@dataclass(frozen=True)
class Outcome:
    """What one world came to. `digest` is over every request, answer and write, byte for byte."""

    seed: int
    calls: int
    requests: int
    points: int
    faults: Counter[Fault]
    fewest: int
    violations: list[str]
    digest: str
    seconds: float
    cut: int
    sorry: int
    offers: int


@dataclass
class World:
    """The parts, and the course of events. `alter` changes the parts of each life, as a planted bug does."""

    ground: Ground
    seed: int
    judge: Judge
    alter: Alteration = lambda _ivr: None
    start: float = MONDAY_AT_TEN
    has_jobs: bool = True
    may_lose_end: Callable[[str], bool] = lambda _call: True
    """Whether the report of a call's end may be lost: the store refused it, or its worker died with it."""
    workers: list[Worker] = field(default_factory=list)
    is_over: bool = False

    def __post_init__(self) -> None:
        self.stage = Stage(self.start)
        self.release, self.settings = self.ground.release, self.ground.settings
        self._digest = hashlib.blake2b(digest_size=16)
        number = self.release.line.desks[self.release.line.desk].number
        # An apology is not stored, so the checker knows it by its text: one for each attempt that the carrier makes.
        apologies = [apology.sorry("zh-CN", number, attempt=attempt, action=FALLBACK) for attempt in range(1, 5)]
        self.checker = Checker(
            apologies, SECRETS, QueueChecker(self.stage.server_clock), Seal.from_settings(self.settings), self.trace
        )
        self.chance = self.stream("world")
        self.store = SharedStore(self.stage, self.stream("store"), self.judge, self.checker)
        self.bank_line = BankLine(self.stage, self.stream("bank"), self.judge, self.ground.bank)
        self.network = Network(self, self.stream("network"))
        self.switchboard = _Switchboard(self.stage, self.network, BASE, TOKEN)  # type: ignore[arg-type]
        self.switchboard.checker = self.checker

    def stream(self, name: str) -> random.Random:
        """Return random numbers of their own for one part of the world, so that no part disturbs another's."""
        return random.Random(f"{self.seed} {name}")

    def site(self, number: int, ivr: Ivr | None = None) -> Site:
        """Return the web application of a worker."""
        if number not in self.ground.sites:
            assert ivr is not None
            self.ground.sites[number] = Site(ivr)
        return self.ground.sites[number]

    def trace(self, *texts: bytes) -> None:
        # With the time: two runs that exchange the same bytes at other times have drawn other numbers.
        self._digest.update(repr((self.stage.now(), texts)).encode())

    @property
    def digest(self) -> str:
        return self._digest.hexdigest()

    @contextmanager
    def running(self, workers: int) -> Iterator[None]:
        """Let the block run in this world, its workers started."""
        # The log is evidence, too: the checker looks for PINs in each line.
        handler = _Log(self.checker)
        level, propagate, handlers = LOG.level, LOG.propagate, LOG.handlers[:]
        LOG.handlers[:], LOG.propagate = [handler], False
        LOG.setLevel(logging.INFO)
        try:
            with seeded(self.stage, self.stream("bank")):  # which world came before must not change what this one draws
                self.ground.bank.reset(self.stage.now)
            with (
                seeded(self.stage, self.stream("chance")),
                # Charts and entry points are the same in each life of each worker.
                patch.object(engine, "Chart", self.ground.chart),
                patch.object(discovery, "entry_points", self.ground.installed),
            ):
                self.workers += [Worker(self, number) for number in range(workers)]
                for worker in self.workers:
                    self.stage.spawn(worker.begin, "start")
                yield
        finally:
            for worker in self.workers:
                worker.life += 1  # what unwinds now must not write any more
            self.stage.close()
            LOG.handlers[:], LOG.propagate = handlers, propagate
            LOG.setLevel(level)

    def call(self, caller: SimulatedCaller) -> None:
        """Play a call to its end, in the task that runs."""
        line = PhoneLine(
            voice_url=f"{BASE}{addresses.voice(caller.errand.flow)}{addresses.OPTIONS}",
            caller=caller.number,
            token=TOKEN,
            status_url=f"{BASE}{addresses.STATUS}{addresses.OPTIONS}",
            fallback_url=f"{BASE}{addresses.FALLBACK}{addresses.OPTIONS}",
        )
        player = Player(
            line, self.network, caller, self.stage, call_sid=caller.call, carrier_options=CarrierOptions(ring=1.0)
        )
        self.switchboard.begins(player)
        self.checker.call_begins(caller.call)
        self.checker.call_ended(player.call())

    def wait_for_all(self, under_way: Callable[[], bool]) -> None:
        """Let time pass until nothing is under way."""
        while under_way() and self.stage.timer() < LONGEST_WORLD:
            self.stage.run(until=self.stage.now() + 30.0)

    def finish(self) -> None:
        """Let what is late arrive, end the calls whose end was lost, and check what must hold then."""
        # Requests that the network still holds may end calls, so they arrive before lost ends are judged.
        self.stage.run(until=self.stage.now() + AFTERWARDS)
        live = self.store.memory.calls(live=True, limit=10_000)
        self.checker.check_live(call for call in live if not self.may_lose_end(call))
        # The jobs end here. One day passes without them, and then each live call is older than any call can be.
        self.is_over = True
        # A clock that stands hours back would make lost calls look young.
        self.stage.shift = 0.0
        self.stage.run(until=self.stage.now() + LOST_AFTER)
        worker = next(worker for worker in self.workers if worker.is_up)
        ivr = worker.ivr
        assert ivr is not None
        worker.start(lambda: _end_lost(ivr), "lost calls")
        self.stage.run(until=self.stage.now() + 60.0)
        for name, fault in self.stage.failed:
            self.checker.report(f"{name} raised {type(fault).__name__}: {fault}")
        self.checker.finish(self.store.memory.live(), self.bank_line.deeds)


def _end_lost(ivr: Ivr) -> None:
    ivr.session.end_lost(ivr.clock())
    ivr.queue.tidy(ivr.clock())


class _Switchboard(Switchboard):
    """Tells the checker of the calls that the servers place."""

    checker: Checker

    def place(self, number: str, leg: str, *, timeout: int) -> str:
        self.checker.placed(leg)
        return super().place(number, leg, timeout=timeout)


class _Log(logging.Handler):
    def __init__(self, checker: Checker) -> None:
        super().__init__()
        self._checker = checker

    def emit(self, record: logging.LogRecord) -> None:
        self._checker.logged(record.getMessage())


class Crowd:
    """The callers and agents of one world, with planned faults: `menu` has their weights."""

    def __init__(
        self,
        ground: Ground,
        seed: int,
        calls: int,
        *,
        workers: int = 3,
        menu: Mapping[Fault, float] = MENU,
        errands: Sequence[Errand] = ERRANDS,
        alter: Alteration = lambda _ivr: None,
        between: float = SECONDS_BETWEEN,
    ) -> None:
        self.judge = PlannedFaults()
        self.world = World(ground, seed, self.judge, alter, may_lose_end=self._may_lose_end)
        self.calls, self._workers, self._ended = calls, workers, 0
        self._menu, self._errands, self._between = menu, errands, between

    def play(self) -> Outcome:
        """Play the world to its end."""
        world, chance, plans = self.world, self.world.stream("people"), self.world.stream("faults")
        with world.running(self._workers):
            world.stage.spawn(self._sign_on, "agents", after=0.5)
            for number in range(self.calls):
                call = f"CA{world.seed:016x}{number:016x}"
                # A stream for each caller: what one does must not depend on how many numbers the others have drawn
                # before.
                caller = draw_caller(call, random.Random(chance.random()), self, self._errands)
                self.judge.calls[call] = CallFaults.drawn(plans, self._menu)
                moment = 2.0 + chance.random() * self._between * self.calls
                world.stage.spawn(lambda caller=caller: self._call(caller), caller.call, after=moment)  # type: ignore[misc]
            world.wait_for_all(lambda: self._ended < self.calls)
            if self._ended < self.calls:
                world.checker.report(f"{self.calls - self._ended} callers are still on the line")
            # Some calls are over before their faults are due. Repeats are the only fault that a call can meet after
            # its end.
            self._top_up()
            world.finish()
        return self._outcome()

    def rings(self, number: str, call: str) -> None:
        """Note an agent's telephone that rings."""
        if any(number == agent for _, agent in AGENTS):
            self.world.checker.queue.rings(number, call)

    def _may_lose_end(self, call: str) -> bool:
        faults = self.judge.calls.get(call)
        # A busy store delays the record of an end, which is lost if its worker dies meanwhile. The plan does not keep
        # which request a fault met, so each such fault excuses the call.
        return faults is None or not faults.met.keys().isdisjoint(AT_POINTS)

    def _call(self, caller: SimulatedCaller) -> None:
        try:
            self.world.call(caller)
        finally:
            self.world.checker.queue.released(caller.call)
            self._ended += 1

    def _sign_on(self) -> None:
        world = self.world
        worker = world.workers[0]

        def sign_on() -> None:
            ivr = worker.ivr
            assert ivr is not None
            for name, number in AGENTS:
                ivr.queue.agents.add(name, number, tuple(ivr.release.line.desks), languages=("zh-CN", "en-US"))
                ivr.queue.agents.ready(name, ivr.clock())

        world.switchboard.desks = {number: agent_answer(world.chance) for _, number in AGENTS}
        worker.start(sign_on, "agents")

    def _top_up(self) -> None:
        """Repeat requests of calls that were over before they met all their faults."""
        self.judge.is_over = True
        network, chance = self.world.network, self.world.stream("repeats")
        for call, faults in self.judge.calls.items():
            for request in chance.choices(network.requests.get(call) or [None], k=faults.lacking):  # type: ignore[list-item]
                if request is not None:
                    faults.met[Fault.OLD] += 1
                    network.repeat(request, after=chance.random() * 60.0)

    def _outcome(self) -> Outcome:
        world = self.world
        met = [faults.met for faults in self.judge.calls.values()]
        return Outcome(
            seed=world.seed,
            calls=self.calls,
            requests=world.network.sent,
            points=world.store.points,
            faults=sum(met, Counter()),
            fewest=min(faults.total() for faults in met),
            violations=list(world.checker.violations),
            digest=world.digest,
            seconds=world.stage.timer(),
            cut=len(world.checker.cut),
            sorry=world.checker.sorry,
            offers=world.checker.queue.made,
        )
