"""The pace of one call: due times of requests, waits, and the replay of cached answers.

Must not know scripts or the meaning of requests.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from ivr.carrier.caller import Gone
from ivr.carrier.transport import CarrierAnswer, NoAnswer, Transport

from .memo import SentRequest
from .schedule import Timeline

GRAIN = 0.005
"""Seconds by which a timer may be late; such a delay is the client's and is not counted as latency."""


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
class RequestTimes:
    """Seconds of the run at which the newest request was due, sent and answered; `counts` is false after the end."""

    due: float = 0.0
    sent: float = 0.0
    answered: float = 0.0
    counts: bool = True


class PlannedTransport:
    """Sends each request when it is due, and records that time. `farewell` is the URL of the status callback.

    A call that leaves its memo at a new answer is played from its beginning: `past` holds the answers received, and
    until they are used up, no time passes and nothing is sent.
    """

    def __init__(
        self, inner: Transport, watch: Stopwatch, timeline: Timeline, farewell: str, begin: Callable[[], None]
    ) -> None:
        self._inner = inner
        self._watch = watch
        self._timeline = timeline
        self._farewell = farewell
        self._begin = begin
        self._wait = 0.0
        self._thinks = 0
        self.begun = False
        self.times = RequestTimes()
        self.past: deque[CarrierAnswer | NoAnswer] = deque()
        self.sent: list[SentRequest] = []

    def wait(self, seconds: float) -> None:
        """Add the seconds of prompts, silences or talks before the next request."""
        if seconds > 0:
            self._wait += seconds
            if not self.past:
                self._timeline.wait(seconds)

    def think(self, draw: Callable[[], float]) -> None:
        """Add the think time of a human before the next request."""
        self._thinks += 1
        if not self.past:
            self._timeline.think(draw())

    def send(self, method: str, url: str, body: bytes, headers: Mapping[str, str]) -> CarrierAnswer:
        """Wait until the request is due, and send it. Raises Gone, which hangs up, if the run ends first."""
        if not headers:  # a sound file, of which the player needs the length
            return self._inner.send(method, url, body, headers)
        self.sent.append(SentRequest(method, url, body, headers, self._wait, self._thinks))
        self._wait, self._thinks = 0.0, 0
        if self.past:
            answer = self._had()
        else:
            asked = self._watch.now()
            answer = self.send_due(method, url, body, headers)
            answer = replace(answer, held=self.times.sent - asked)
        self.sent[-1].answer = answer
        return answer

    def _had(self) -> CarrierAnswer:
        answer = self.past.popleft()
        if isinstance(answer, NoAnswer):
            raise answer
        return answer

    def send_due(self, method: str, url: str, body: bytes, headers: Mapping[str, str]) -> CarrierAnswer:
        """Wait until the next request is due by the timeline, and send it. Raises Gone and NoAnswer."""
        self._until_due(url)
        try:
            return self._inner.send(method, url, body, headers)
        finally:
            self.times.answered = self._watch.now()
            self._timeline.answered(self.times.answered)

    def _until_due(self, url: str) -> None:
        times = self.times
        times.due = self._timeline.next_due()
        early = self._watch.now() < times.due
        times.counts = self._watch.until(times.due)
        # A call that the end of the run cuts off still says goodbye, so that the server frees its place.
        if not times.counts and not (self.begun and url == self._farewell):
            raise Gone
        if not self.begun:
            self.begun = True
            self._begin()
        times.sent = self._watch.now()
        # The timer woke late, by what a timer may: that is the client's delay, and would be counted as the server's.
        if early and times.sent - times.due < GRAIN:
            times.due = times.sent


class PlannedClock:
    """The call's clock: sleeping returns at once and postpones the next due time."""

    def __init__(self, wait: Callable[[float], None]) -> None:
        self._wait = wait
        self._now = time.time()

    def now(self) -> float:
        """Return the Unix time that a real call would have now."""
        return self._now

    def sleep(self, seconds: float) -> None:
        """Postpone the next due time without waiting."""
        self._now += max(0.0, seconds)
        self._wait(seconds)
