"""One call of the load test: the player of TwiML on a planned timeline, with every request timed against the plan.

Reaches the server only through `ivr.carrier`. Must not store what a caller typed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from ivr.carrier.caller import Act, DeskAnswer, Gone, HangUp, HeardPrompt, ListeningWindow, Silence, Stretch
from ivr.carrier.carrier_options import CallResult, CarrierOptions
from ivr.carrier.player import Player
from ivr.carrier.requests import Exchange, PhoneLine, Purpose
from ivr.carrier.transport import CarrierAnswer, Transport

from .figures import LoadFigures
from .labels import asked, masked_digits
from .schedule import Timeline
from .scripts import Follower, Script

ARRIVES = "the call arrives"
ASIDES = ("status", "recording", "agent")
NAMES: Mapping[Purpose, str] = {
    "gather": "early keys",
    "record": "the message is left",
    "dial": "the desk is done",
    "enqueue": "the queue is left",
    "wait": "waiting in the queue",
    "redirect": "redirect",
    "fallback": "fallback",
}
AFTER = 1000
UNTAKEN = ("refused", "broken off")
LATE = 0.05
GRAIN = 0.005
"""Seconds by which a timer may be late; such a delay is the client's and is not counted as latency."""
_HABITS = CarrierOptions(ring=0.0)


class Signal(Protocol):
    """An event to wait for, such as the end of the run (gevent's or threading's Event)."""

    def wait(self, timeout: float | None = None) -> object:
        """Wait for the event, at most `timeout` seconds."""

    def is_set(self) -> bool:
        """Return whether the event has happened."""


class Stopwatch:
    """The clock of a run, in seconds since its start. The end of the run interrupts every wait."""

    def __init__(self, over: Signal) -> None:
        self.over = over
        self._began = time.perf_counter()

    def now(self) -> float:
        """Return the seconds since the start."""
        return time.perf_counter() - self._began

    def until(self, second: float) -> bool:
        """Wait until a second of the run; return false if the run ended before."""
        left = second - self.now()
        if left > 0:
            self.over.wait(left)
        return not self.over.is_set()


@dataclass
class _Times:
    due: float = 0.0
    sent: float = 0.0
    answered: float = 0.0
    counts: bool = True


class PlannedTransport:
    """Sends each request when it is due, and records that time. `farewell` is the URL of the status callback."""

    def __init__(
        self, inner: Transport, watch: Stopwatch, timeline: Timeline, farewell: str, begin: Callable[[], None]
    ) -> None:
        self._inner = inner
        self._watch = watch
        self._timeline = timeline
        self._farewell = farewell
        self._begin = begin
        self.begun = False
        self.times = _Times()

    def send(self, method: str, url: str, body: bytes, headers: Mapping[str, str]) -> CarrierAnswer:
        """Wait until the request is due, and send it. Raises Gone, which hangs up, if the run ends first."""
        asked = self._watch.now()
        self._wait(url)
        try:
            answer = self._inner.send(method, url, body, headers)
            return replace(answer, held=self.times.sent - asked)
        finally:
            self.times.answered = self._watch.now()
            self._timeline.answered(self.times.answered)

    def _wait(self, url: str) -> None:
        times = self.times
        times.due = self._timeline.next_due()
        early = self._watch.now() < times.due
        times.counts = self._watch.until(times.due)
        if not times.counts and not (self.begun and url == self._farewell):
            raise Gone
        if not self.begun:
            self.begun = True
            self._begin()
        times.sent = self._watch.now()
        if early and times.sent - times.due < GRAIN:
            times.due = times.sent


class PlannedClock:
    """The call's clock: sleeping returns at once and postpones the next due time."""

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._now = time.time()

    def now(self) -> float:
        """Return the Unix time that a real call would have now."""
        return self._now

    def sleep(self, seconds: float) -> None:
        """Postpone the next due time without waiting."""
        self._now += max(0.0, seconds)
        self._timeline.wait(seconds)


class LoadCall:
    """One call. Wraps the conversation's caller, and records its acts, prompts and requests."""

    def __init__(
        self, script: Script, figures: LoadFigures, watch: Stopwatch, timeline: Timeline, think: Callable[[], float]
    ) -> None:
        self._clock = PlannedClock(timeline)
        self._caller = Follower(script, self._clock)
        self._figures = figures
        self._watch = watch
        self._timeline = timeline
        self._think = think
        self._coming: tuple[str, int] | None = None
        self._step = (ARRIVES, 0)
        self._asked = ""
        self._silent_since: float | None = None
        self._failed = False

    def make(self, line: PhoneLine, transport: Transport) -> None:
        """Make the call, until it or the run ends. A call that was not due before the end is not counted."""
        planned = PlannedTransport(transport, self._watch, self._timeline, line.status_url, self._begin)
        self._times = planned.times
        sid = self._caller.call_sid
        player = Player(line, planned, self, self._clock, call_sid=sid, habits=_HABITS, watch=self._exchanged)
        outcome = "cut"
        try:
            outcome = self._judged(player.call())
        except Gone:
            pass
        finally:
            if planned.begun:
                self._figures.call_ended(outcome)

    def _begin(self) -> None:
        late = self._watch.now() - self._timeline.due
        self._figures.call_started(self._caller.title, self._timeline.due, late if late > LATE else 0.0)

    def _judged(self, result: CallResult) -> str:
        if self._watch.over.is_set() and result.ended_by == "caller" and not self._failed:
            return "cut"
        for fault in result.faults:
            if fault.fatal and not self._failed:
                self._error(f"TwiML fault {fault.number}", fault.message, self._step)
        kind, example = self._caller.went_wrong(result)
        if kind and not self._failed:
            self._error(kind, example, self._step)
        return "failed" if self._failed else "completed"

    def _error(self, kind: str, example: str, step: tuple[str, int]) -> None:
        self._failed = True
        self._figures.error(self._watch.now(), *step, kind, masked_digits(example))

    def _exchanged(self, exchange: Exchange) -> None:
        kind = kind_of(exchange)
        if exchange.purpose in ASIDES:
            step = (f"{exchange.purpose} callback", AFTER)
        else:
            step = self._step = self._named(exchange)
            if self._times.counts:
                self._measured(taken=kind not in UNTAKEN)
        if kind:
            self._error(kind, exchange.problem, step)

    def _measured(self, *, taken: bool) -> None:
        times = self._times
        self._silent_since = times.due if self._silent_since is None else self._silent_since
        latency = times.answered - times.due if taken else None
        self._figures.turn(times.sent, *self._step, latency, times.answered - times.sent)

    def _named(self, exchange: Exchange) -> tuple[str, int]:
        coming, self._coming = self._coming, None
        if coming is not None:
            return coming
        return (ARRIVES, 0) if exchange.purpose == "voice" else (NAMES[exchange.purpose], self._step[1])

    def early(self, stretch: Stretch) -> Act | None:
        """Delegate, and record the question: the last words of the prompts in their first language."""
        said = [prompt for prompt in stretch.prompts if prompt.kind == "say"]
        if said:
            self._asked = asked([prompt for prompt in said if prompt.language == said[0].language][-1].text)
        return self._caller.early(stretch)

    def hears(self, heard: HeardPrompt) -> None:
        """Delegate, and count the silence that ends with the prompt."""
        if self._silent_since is not None and heard.kind in ("say", "play"):
            if self._times.counts:
                self._figures.audible(self._times.answered - self._silent_since)
            self._silent_since = None
        self._caller.hears(heard)

    def answers(self, listening: ListeningWindow) -> Act:
        """Delegate."""
        return self._caller.answers(listening)

    def acted(self, act: Act) -> None:
        """Delegate, and add the think time of a human."""
        deed, place = self._caller.named(act)
        self._coming = (f"{deed} after {self._asked}" if self._asked else f"{deed} in turn {place}", place)
        if not isinstance(act, Silence | HangUp):
            self._timeline.think(self._think())
        self._caller.acted(act)

    def desk(self, numbers: Sequence[str]) -> DeskAnswer:
        """Delegate."""
        self._caller.dialled()
        return self._caller.desk(numbers)


def kind_of(exchange: Exchange) -> str:
    """Return the kind of a failed exchange, or an empty text for a good one."""
    if exchange.status:
        return f"status {exchange.status}" if exchange.status >= 400 else ""
    if "in time" in exchange.problem:
        return "timeout"
    return "refused" if "cannot be reached" in exchange.problem else "broken off"
