"""Callers who stay on the line whatever happens behind it: asked to wait, they wait, and go on from where they are.

They ask for branches, twice, on the shipped flows with the demo bank: any number of them may, while PINs are
limited. They answer what they hear, so that a question that is asked again is answered again. The carrier follows the
addresses' options, as in life.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field

from ivr.carrier.caller import Act, DeskAnswer, Gone, HeardPrompt, HeardText, ListeningWindow, Press, Silence, Stretch
from ivr.carrier.carrier_options import CarrierOptions
from ivr.carrier.clock import RealClock
from ivr.carrier.http_transport import HttpTransport
from ivr.carrier.player import Player
from ivr.carrier.requests import PhoneLine
from ivr.carrier.transport import CarrierAnswer, NoAnswer
from ivr.engine.journal import journal_rows
from ivr.stores import open_store

ANSWERS = (("查询余额，请按1", "4"), ("请选择城市", "1"), ("再听一遍，请按2", "2"))
BRANCH, TIMES = "北京海淀支行", 2
HOLD, APOLOGY = "请您不要挂机", "系统暂时"
LONGEST_WAIT = 0.3
"""Seconds that a caller at most spends with one prompt or silence."""
MOST_TURNS = 60


class SteadfastCaller:
    """One caller; `outcome` is "served" in the end, or why not. It knows how often it was asked to wait."""

    def __init__(self) -> None:
        self.outcome, self.holds = "", 0
        self._heard, self._turns, self._branches = "", 0, 0

    def early(self, stretch: Stretch) -> None:
        """Listen to the end."""

    def hears(self, heard: HeardPrompt) -> None:
        """Note the words; leave when the branches were heard twice, or at a fault for which a person takes over."""
        words = heard.text if isinstance(heard, HeardText) else ""
        self._heard += words
        self.holds += HOLD in words
        self._branches += BRANCH in words
        if self._branches == TIMES:
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


class BalancedTransport(HttpTransport):
    """A balancer in front of several servers: each request goes to the next, or to another one if that has gone."""

    def __init__(self, front: str, servers: Sequence[str]) -> None:
        super().__init__()
        self._front, self._servers, self._turn = front, servers, 0

    def send(self, method: str, url: str, body: bytes, headers: Mapping[str, str]) -> CarrierAnswer:
        """Send to the servers in turn. Raises NoAnswer of the last one."""
        self._turn += 1
        for place in range(len(self._servers)):
            server = self._servers[(self._turn + place) % len(self._servers)]
            try:
                return super().send(method, url.replace(self._front, server, 1), body, headers)
            except NoAnswer:
                if place == len(self._servers) - 1:
                    raise
        raise AssertionError


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


def check_turns(url: str, calls: Mapping[str, str]) -> None:
    """Check that every call that was served began once, ended at most once, and that its turns follow each other."""
    store = open_store(url)
    try:
        turns, kinds = defaultdict(list), Counter()
        for row in journal_rows(store):
            turns[row.call_id].append(row.turn)
            kinds[row.call_id, row.kind, row.turn if row.kind == "turn" else 0] += 1
        assert {call for call, outcome in calls.items() if outcome == "served"} <= set(turns)
        for call_id, numbers in turns.items():
            assert kinds[call_id, "started", 0] == 1
            assert kinds[call_id, "ended", 0] <= 1
            assert numbers == sorted(numbers)
            assert all(kinds[call_id, "turn", number] == 1 for number in set(numbers))
            assert numbers[-1] <= store.load(call_id).turn
    finally:
        store.close()
