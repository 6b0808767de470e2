"""A worker: the whole product in one process that can be killed, with its background jobs as tasks.

A life is what the process keeps in memory: the engine's parts are built anew for each. The web application is built
once, because it keeps nothing between requests and costs more than all the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, cast

from ivr.app import Ivr, build, server_rounds
from ivr.carrier.transport import CarrierAnswer, NoAnswer, WsgiTransport
from ivr.channels.late_hang_ups import LateHangUps
from ivr.jobs.scheduler import Scheduler
from ivr.services.queue.dispatcher import Dispatcher
from ivr.services.registry import hand_on
from ivr.web import web_app

from .shared_store import WorkerStore
from .stage import StageLock, Task, WorkerDied

if TYPE_CHECKING:
    from .world import World

START_SECONDS = 1.0
"""How long a killed worker is away."""
DISPATCH_SECONDS, ROUND_SECONDS = 2.0, 60.0


class Parts:
    """The parts of the newest life of a worker, for a web application that outlives it."""

    ivr: Ivr

    def __getattr__(self, name: str) -> Any:
        return getattr(self.ivr, name)


class Site:
    """The web application of one worker, which every world uses again."""

    def __init__(self, ivr: Ivr) -> None:
        self.parts = Parts()
        self.parts.ivr = ivr
        app = web_app(cast("Ivr", self.parts))
        app.wsgi_app._turnstile = nullcontext()  # type: ignore[attr-defined]  # it would stop the thread, not the task
        self._status = app.view_functions["twilio./status"].__self__  # type: ignore[attr-defined]
        self.transport = WsgiTransport(app.wsgi_app)

    def renew(self, ivr: Ivr) -> None:
        """Forget what a life kept in memory."""
        self.parts.ivr = ivr
        self._status.hang_ups = LateHangUps(lambda gone: ivr.session.hang_up(gone))


class Worker:
    """One process. `life` counts how often it was killed."""

    def __init__(self, world: World, number: int) -> None:
        self.world, self.number, self.life = world, number, 0
        self.is_up = False
        self._asked: dict[Task, None] = {}
        self.ivr: Ivr | None = None

    def begin(self) -> None:
        """Start a life: build the parts, start the jobs."""
        world, stage = self.world, self.world.stage
        store = WorkerStore(world.store, self)
        lookup = world.bank_line.lookup(world.settings, world.release, self)
        ivr = build(
            world.settings,
            clock=stage.server_clock,
            store=store,
            lookup=lookup,
            calls=world.switchboard,
            release=world.release,
        )
        # The session measures its budget by the monotonic clock, which is the machine's if it is not replaced.
        ivr.session.timer = stage.timer
        # It is held while the store is asked, so other tasks run meanwhile: a thread's lock would stop them all for
        # ever.
        ivr.queue.repository._lock = StageLock(stage)  # type: ignore[assignment]
        world.alter(ivr)
        self.ivr, self.is_up = ivr, True
        # The application keeps late hang-ups in memory, which die with the process.
        world.site(self.number, ivr).renew(ivr)
        if world.has_jobs:
            self.start(lambda: self._dispatch(ivr), "dispatcher")
            self.start(lambda: self._rounds(ivr), "rounds")

    def start(self, action: Callable[[], None], name: str) -> Task:
        """Start a task of this life."""
        task = self.world.stage.spawn(action, name)
        task.owner, task.life = self, self.life
        return task

    def kill(self) -> None:
        """Kill the process: its tasks unwind when they run next, its leases are free, its connections break."""
        if not self.is_up:
            return
        self.life += 1
        self.is_up = False
        # The order is that of an operating system: locks are free and connections break before a new process starts.
        self.world.store.free_all(self)
        # Carriers that wait for an answer learn at once that the connection broke, and need not wait for a timeout.
        asked, self._asked = self._asked, {}
        for carrier in asked:
            self.world.stage.wake(carrier)
        self.world.stage.spawn(self.begin, "start", after=START_SECONDS)

    def answer(
        self, method: str, url: str, body: bytes, headers: Mapping[str, str], *, request: Any, seconds: float
    ) -> CarrierAnswer:
        """Answer a request, as the carrier sees it. Raises NoAnswer when none comes in time, or the process dies."""
        if not self.is_up:
            raise NoAnswer(11206, "the server refuses connections")
        carrier = self.world.stage.task()
        answers: list[CarrierAnswer] = []

        def work() -> None:
            answers.append(self.world.site(self.number).transport.send(method, url, body, headers))
            self.world.stage.wake(carrier)

        # Kept from the beginning: a new life must not be taken for the one that was asked.
        stage, life = self.world.stage, self.life
        task = self.start(work, f"request of {request.call}")
        task.request = request
        self._asked[carrier] = None
        until = stage.now() + seconds
        while not answers and self.life == life and stage.now() < until:
            stage.pause(until - stage.now())
        self._asked.pop(carrier, None)
        # An answer counts even if the process died right after it: it was on the wire.
        if answers:
            return answers[0]
        if self.life != life:
            raise NoAnswer(11206, "the connection broke off")
        raise NoAnswer(11205, "the server did not answer in time", "rt")

    # jobs

    def _dispatch(self, ivr: Ivr) -> None:
        dispatcher = Dispatcher(
            ivr.queue,
            calls=self.world.switchboard,
            gave_up=hand_on(ivr.store, ivr.back_ends, ivr.clock, lambda: ivr.phrases),
            failed=lambda _what, _fault: None,
            clock=ivr.clock,
            threads=_Tasks(self),
        )
        self._repeat(dispatcher.round, DISPATCH_SECONDS)

    def _rounds(self, ivr: Ivr) -> None:
        rounds = server_rounds(ivr, self.world.stage.timer)
        scheduler = Scheduler(
            ivr.store, rounds, delivered=lambda _done: None, failed=lambda _fault: None, clock=ivr.clock
        )
        self._repeat(scheduler.round, ROUND_SECONDS)

    def _repeat(self, job: Callable[[], None], seconds: float) -> None:
        life = self.life
        while self.life == life and not self.world.is_over:
            job()
            self.world.stage.sleep(seconds)
        if self.life != life:
            raise WorkerDied


class _Tasks:
    """The threads in which a dispatcher asks the carrier."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker

    def submit(self, work: Callable[[], None]) -> Any:
        return self._worker.start(work, "dispatch")

    def close(self) -> None: ...
