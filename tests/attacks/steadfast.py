"""Callers who stay on the line whatever happens behind it: asked to wait, they wait, and go on from where they are.

They want their balance, on the shipped flows with the demo bank, and answer what they hear, so that a question that is
asked again is answered again. The carrier follows the addresses' options, as in life.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field

from ivr.carrier.caller import Act, DeskAnswer, Gone, HeardPrompt, HeardText, ListeningWindow, Press, Silence, Stretch
from ivr.carrier.carrier_options import CarrierOptions
from ivr.carrier.clock import RealClock
from ivr.carrier.http_transport import HttpTransport
from ivr.carrier.player import Player
from ivr.carrier.requests import PhoneLine

ANSWERS = (("查询余额，请按1", "1"), ("最后四位", "0128"), ("查询密码", "135790"))
BALANCE = "一万二千三百四十五元六角七分"
HOLD, APOLOGY = "请您不要挂机", "系统暂时"
LONGEST_WAIT = 0.3
"""Seconds that a caller at most spends with one prompt or silence."""
MOST_TURNS = 60


class SteadfastCaller:
    """One caller; `outcome` is "served" in the end, or why not. It knows how often it was asked to wait."""

    def __init__(self) -> None:
        self.outcome, self.holds = "", 0
        self._heard, self._turns = "", 0

    def early(self, stretch: Stretch) -> None:
        """Listen to the end."""

    def hears(self, heard: HeardPrompt) -> None:
        """Note the words; leave when they are the balance, or a fault for which a person takes over."""
        words = heard.text if isinstance(heard, HeardText) else ""
        self._heard += words
        self.holds += HOLD in words
        if BALANCE in words:
            self.outcome = "served"
            raise Gone
        if APOLOGY in words:
            self.outcome = "heard an apology"
            raise Gone

    def answers(self, listening: ListeningWindow) -> Act:
        """Answer the last question."""
        places = {self._heard.rfind(question): keys for question, keys in ANSWERS if question in self._heard}
        self._heard, self._turns = "", self._turns + 1
        if self._turns > MOST_TURNS:
            self.outcome = "was asked without end"
            raise Gone
        return Press(places[max(places)]) if places else Silence()

    def acted(self, act: Act) -> None:
        """Do nothing."""

    def desk(self, numbers: Sequence[str]) -> DeskAnswer:
        """Be connected to a person instead."""
        self.outcome = self.outcome or "was led to a person"
        raise Gone


@dataclass
class SteadfastCrowd:
    """Callers who call `url` one after the other in many threads, signed with `token`."""

    url: str
    token: str
    public_url: str = ""
    transport: Callable[[], HttpTransport] = HttpTransport
    think: float = LONGEST_WAIT
    outcomes: Counter[str] = field(default_factory=Counter)
    holds: int = 0
    calls: dict[str, str] = field(default_factory=dict)
    longest: float = 0.0

    def call(self, calls: int, at_once: int) -> None:
        """Make so many calls, and return when all are over."""
        numbers = itertools.count()
        threads = [threading.Thread(target=self._call_on, args=(numbers, calls)) for _ in range(at_once)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _call_on(self, numbers: itertools.count[int], calls: int) -> None:
        with closing(self.transport()) as transport:
            for _ in iter(lambda: next(numbers) >= calls, True):
                self._one(transport)

    def _one(self, transport: HttpTransport) -> None:
        began, caller = time.monotonic(), SteadfastCaller()
        addresses = {name: f"{self.url}/twilio/{name}" for name in ("voice", "status", "fallback")}
        options = "#rc=3&rp=all&ct=2000&rt=5000"
        line = PhoneLine(
            f"{addresses['voice']}{options}",
            token=self.token,
            status_url=addresses["status"] + options,
            fallback_url=addresses["fallback"] + options,
            public_url=self.public_url,
        )
        clock = RealClock(longest=self.think)
        result = Player(line, transport, caller, clock, carrier_options=CarrierOptions(hops=10_000)).call()
        outcome = caller.outcome or f"cut by the {result.ended_by}: {[fault.message for fault in result.faults]}"
        self.calls[result.call_sid] = outcome
        self.outcomes[outcome] += 1
        self.holds += caller.holds
        self.longest = max(self.longest, time.monotonic() - began)
