"""The carrier's way to the servers: any worker may get a request, several times, late, or not at all.

Requests are sent again as the options in their address ask, and as the carrier's manual says it does.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import TYPE_CHECKING

from ivr.carrier.connection_overrides import connection_overrides
from ivr.carrier.transport import ANSWER_SECONDS, CarrierAnswer, NoAnswer

from .faults import COST_AN_ATTEMPT, Fault, Request

if TYPE_CHECKING:
    from .world import World

READ_SECONDS = 5.0
"""How long the carrier waits for one answer, as our addresses ask (`rt`)."""
SECONDS_LATE = (5.5, 25.0)
JUMP_SECONDS = 36_000.0
"""The most by which a clock jumps: longer than any call lasts, so that each seems lost."""
LONGEST_WAY = 0.02
"""Seconds from the carrier to a server at most."""


class Network:
    """A `Transport` of the simulated carrier. `requests` has all of each call, for repeats."""

    def __init__(self, world: World, chance: random.Random) -> None:
        self._world, self._chance = world, chance
        self.requests: dict[str, list[Request]] = {}
        self.sent = 0

    def send(self, method: str, url: str, body: bytes, headers: Mapping[str, str]) -> CarrierAnswer:
        """Send a request with the faults of its call, and again as its address asks. Raises NoAnswer."""
        address, _, options = url.partition("#")
        # Not parsed in full: identifiers need no decoding, and this runs for each request of every world.
        form = dict(pair.partition("=")[::2] for pair in body.decode().split("&"))
        call = form.get("CallSid", "")  # none: the carrier fetches a sound
        if "ParentCallSid" not in form or "CallDuration" in form:  # a caller goes on, or the leg to an agent is over
            self._world.checker.queue.released(form.get("ParentCallSid", call))
        of_call = self.requests.setdefault(call, [])
        request = Request(call, len(of_call), method, address, body, dict(headers))
        of_call.append(request)
        planned = self._world.judge.calls.get(call)
        # Agents' legs have no plan, for a fault there cannot be counted to a caller.
        faults = planned.begin(request, self._chance) if planned else []
        self._happen(request, faults)
        failing = [fault for fault in faults if fault in COST_AN_ATTEMPT]
        overrides = connection_overrides(options)
        began, attempt = self._world.stage.now(), 0
        while True:
            attempt += 1
            # All attempts share fifteen seconds; the last one may have less than its own limit.
            left = began + ANSWER_SECONDS - self._world.stage.now()
            try:
                answer = self._attempt(request, failing.pop() if failing else None, min(READ_SECONDS, left))
            except NoAnswer as failure:
                if not overrides.again(attempt, failure.cause) or self._world.stage.now() >= began + ANSWER_SECONDS:
                    self._world.checker.unanswered(request, attempt)
                    raise
                self._world.stage.sleep(0.1)
                continue
            self._world.checker.answered(request, answer)
            return answer

    def repeat(self, request: Request, *, after: float = 0.0) -> None:
        """Send a request once more, in a task of its own, and check the answer."""
        self._world.stage.spawn(lambda: self._again(request), f"repeat of {request.call}", after=after)

    def _happen(self, request: Request, faults: list[Fault]) -> None:
        """Let the faults happen that cost no attempt; what is repeated races with the request itself."""
        for fault in faults:
            match fault:
                case Fault.REPEATED:
                    # Up to three seconds: within the reply's life, often while the next request is under way.
                    self.repeat(request, after=self._chance.random() * 3.0)
                case Fault.AT_ONCE:
                    for _ in range(self._chance.randint(1, 4)):
                        self.repeat(request)
                case Fault.OLD:
                    older = self.requests[request.call]
                    for again in self._chance.sample(older, min(2, len(older))):
                        self.repeat(again)
                case Fault.CLOCK_JUMPS:
                    self._world.checker.clock_jumped = self._world.checker.queue.clock_jumped = True
                    self._world.stage.shift += self._chance.uniform(-JUMP_SECONDS, JUMP_SECONDS)

    def _attempt(self, request: Request, fault: Fault | None, seconds: float) -> CarrierAnswer:
        """Send a request once. Raises NoAnswer when the attempt fails."""
        stage = self._world.stage
        if fault is Fault.LATE:
            # The attempt is lost for the carrier, but its bytes still arrive, when later attempts have been answered.
            self.repeat(request, after=self._chance.uniform(*SECONDS_LATE))
            stage.sleep(seconds)
            raise NoAnswer(11205, "the server did not answer in time", "rt")
        if fault is Fault.REFUSED:
            raise NoAnswer(11206, "the server refuses connections")
        answer = self._send(request, seconds)
        if fault is Fault.LOST_REPLY:
            raise NoAnswer(11206, "the connection broke off")
        return answer

    def _send(self, request: Request, seconds: float) -> CarrierAnswer:
        """Send a request to a worker that is up; the system keeps connections while there is none."""
        stage = self._world.stage
        until = stage.now() + seconds
        stage.sleep(self._chance.random() * LONGEST_WAY)
        # A listening socket outlives a worker; connections wait in its queue until a new one accepts them.
        while not (up := [worker for worker in self._world.workers if worker.is_up]) and stage.now() < until:
            stage.sleep(0.1)
        worker = self._chance.choice(up or self._world.workers)
        self.sent += 1
        # The body is given apart, since it holds bytes and the digest must not depend on how they are shown.
        self._world.trace(f"{request.method} {request.url} to {worker.number}".encode(), request.body)
        answer = worker.answer(
            request.method, request.url, request.body, request.headers, request=request, seconds=until - stage.now()
        )
        self._world.trace(str(answer.status).encode(), answer.body)
        return answer

    def _again(self, request: Request) -> None:
        try:
            answer = self._send(request, READ_SECONDS)
        except NoAnswer:
            return
        self._world.checker.answered(request, answer)
