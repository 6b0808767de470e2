"""Honest callers and a health check beside an attack: how long each of their requests takes."""

from __future__ import annotations

import http.client
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

from ivr.carrier.requests import new_sid, signature

GIVE_UP = 15.0
"""Seconds after which the carrier gives up."""
TURNS = 4


@dataclass
class Figures:
    """The durations of answered requests in seconds, and the requests without a usable answer."""

    answered: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def line(self, name: str) -> str:
        """Return one line of figures."""
        if len(self.answered) < 2:
            return f"{name}: {len(self.answered)} answered, {len(self.failed)} failed"
        p95 = statistics.quantiles(self.answered, n=20)[18]
        return (
            f"{name}: {len(self.answered)} answered, {len(self.failed)} failed {sorted(set(self.failed))[:3]}; p50 "
            f"{statistics.median(self.answered) * 1e3:.0f} ms, p95 {p95 * 1e3:.0f} ms, "
            f"max {max(self.answered) * 1e3:.0f} ms"
        )


@dataclass
class Callers:
    """Places calls one after the other in `at_once` threads, each request on a connection of its own."""

    url: str
    token: str
    calls: Figures = field(default_factory=Figures)
    health: Figures = field(default_factory=Figures)
    _stop: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def calling(self, at_once: int) -> Iterator[None]:
        """Call until the block ends."""
        threads = [threading.Thread(target=self._call_on) for _ in range(at_once)]
        threads.append(threading.Thread(target=self._watch_health))
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._stop.set()
            for thread in threads:
                thread.join()

    def call(self) -> None:
        """Place one call: it arrives, and goes through a few silent turns."""
        form = {"CallSid": new_sid("CA"), "From": "anonymous", "To": "+861055550000", "CallStatus": "in-progress"}
        for turn in range(TURNS):
            path = f"/twilio/turn/{turn}" if turn else "/twilio/voice"
            self._post(path, form)

    def _call_on(self) -> None:
        while not self._stop.is_set():
            self.call()
            self._stop.wait(0.2)

    def _watch_health(self) -> None:
        while not self._stop.is_set():
            self._timed(self.health, "GET", "/health/live", None, {})
            self._stop.wait(0.25)

    def _post(self, path: str, form: dict[str, str]) -> None:
        headers = {
            "X-Twilio-Signature": signature(self.token, self.url + path, form),
            "Content-Type": "application/x-www-form-urlencoded",
        }
        self._timed(self.calls, "POST", path, urlencode(form), headers)

    def _timed(self, figures: Figures, method: str, path: str, body: str | None, headers: dict[str, str]) -> None:
        started = time.perf_counter()
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=GIVE_UP)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException) as fault:
            figures.failed.append(type(fault).__name__)
        else:
            if answer.status == 200:
                figures.answered.append(time.perf_counter() - started)
            else:
                figures.failed.append(str(answer.status))
        finally:
            connection.close()
