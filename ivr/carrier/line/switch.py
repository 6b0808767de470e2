"""Joins telephones, calls and the server: takes calls within limits, dials, and carries out the server's orders."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import formatdate

from ivr.carrier import addresses
from ivr.carrier.requests import DEMO_ACCOUNT, Carrier, PhoneLine, new_sid, resolved_url
from ivr.carrier.twiml import TwimlFault
from ivr.net.threads import in_background
from ivr.telemetry import log

from .call_journal import CallJournal
from .handset import Handset
from .line_call import CannotDial, Line, LineCall
from .line_services import LineServices
from .live_player import LivePlayer
from .number_plan import in_full, user_of

MOST_CALLS = 120
MOST_CALLS_PER_SECOND = 20
_DRAINS_EVERY = 0.05


@dataclass(frozen=True)
class LineOptions:
    """The server and its limits. `numbers` maps a dialled number to the address of its telephone."""

    server: str
    token: str = ""
    account: str = DEMO_ACCOUNT
    public_url: str = ""
    flow: str = ""
    country: str = "86"
    numbers: Mapping[str, str] = field(default_factory=dict)
    most_calls: int = MOST_CALLS
    most_per_second: int = MOST_CALLS_PER_SECOND

    def phone_line(self, caller: str, called: str, diverted_from: str = "") -> PhoneLine:
        """Return the webhooks for a call that arrives."""
        server = self.server.rstrip("/")
        return PhoneLine(
            server + addresses.voice(self.flow or None),
            caller,
            called,
            self.token,
            self.account,
            status_url=server + addresses.STATUS,
            fallback_url=server + addresses.FALLBACK,
            public_url=self.public_url,
            forwarded_from=diverted_from,
        )


class Switch:
    """The calls of one process. `lines` are tried in order when a number is dialled."""

    def __init__(self, options: LineOptions, journal: CallJournal, clock: Callable[[], float] = time.monotonic) -> None:
        self._options, self._journal, self._clock = options, journal, clock
        self._services: LineServices | None = None
        self.lines: list[Line] = []
        self._lock = threading.Lock()
        self._players: dict[str, LivePlayer] = {}
        self._arrivals: deque[float] = deque()
        self._taking = True
        self.taken = self.refused = 0

    def use(self, services: LineServices) -> None:
        """Set the shared services before the first call arrives; report calls that an earlier process left."""
        self._services = services
        for sid, line in self._journal.left(self._options.token):
            in_background(lambda sid=sid, line=line: self._report_lost(services, sid, line), "line-lost")  # type: ignore[misc]

    @property
    def services(self) -> LineServices:
        """The services that the calls share. Raises RuntimeError before `use`."""
        if self._services is None:
            raise RuntimeError("the switch has no services yet")
        return self._services

    @property
    def under_way(self) -> int:
        """The number of calls, without the parties that they dialled."""
        return len(self._players)

    # --- calls that arrive ---

    def arrived(self, call: LineCall) -> None:
        """Take a call, or refuse it as busy if there are too many. Does not block."""
        if not self._has_room():
            self.refused += 1
            call.hang_up(busy=True)
            return
        self.taken += 1
        facts, options = call.facts, self._options
        line = options.phone_line(
            in_full(facts.caller, options.country),
            in_full(facts.called, options.country),
            in_full(user_of(facts.diverted_from), options.country) if facts.diverted_from else "",
        )
        sid = new_sid("CA")
        player = LivePlayer(line, Handset(call, self.services.pump), self.services, call_sid=sid)
        self._play(sid, player, line, player.call)

    def _has_room(self) -> bool:
        now = self._clock()
        with self._lock:
            # A sliding second, so that a burst at the turn of a second is bounded, too.
            while self._arrivals and now - self._arrivals[0] >= 1.0:
                self._arrivals.popleft()
            room = (
                self._taking
                and len(self._players) < self._options.most_calls
                and len(self._arrivals) < self._options.most_per_second
            )
            if room:
                self._arrivals.append(now)
            return room

    def _play(self, sid: str, player: LivePlayer, line: PhoneLine, play: Callable[[], object]) -> None:
        with self._lock:
            self._players[sid] = player
        # Before the first request: the server may know the call from then on, and must learn of its end.
        self._journal.begun(sid, line)

        def run() -> None:
            try:
                play()
            except Exception as fault:  # the caller must not be left on a dead line
                log.fault("line call", fault, call=sid)
                player.end()
            finally:
                with self._lock:
                    self._players.pop(sid, None)
                self._journal.over(sid)

        in_background(run, "line-call")

    # --- telephones that are dialled ---

    def dial(self, number: str, shown: str) -> LineCall:
        """Ring a telephone. Raises CannotDial."""
        address = self._options.numbers.get(number, number)
        line = next((line for line in self.lines if line.reaches(address)), None)
        if line is None:
            raise CannotDial("no line reaches this number")
        return line.dial(address, shown)

    # --- orders of the server ---

    def move(self, sid: str, url: str) -> bool:
        """Continue a call at another address, or end it if that is empty; return whether there is such a call."""
        player = self._players.get(sid)
        if player is None or player.is_over:
            return False
        player.move(url)
        return True

    def is_under_way(self, sid: str) -> bool:
        """Return whether there is such a call now."""
        player = self._players.get(sid)
        return player is not None and not player.is_over

    def place(self, number: str, shown: str, url: str, *, status_url: str, timeout: float) -> str:
        """Ring a telephone and play a document to it; return the call's id. Raises CannotDial."""
        options, sid = self._options, new_sid("CA")
        line = PhoneLine(
            url, shown, number, options.token, options.account,
            status_url=resolved_url(url, status_url) if status_url else "",
            public_url=options.public_url, direction="outbound-api",
        )  # fmt: skip
        handset = Handset(self.dial(number, shown), self.services.pump)
        player = LivePlayer(line, handset, self.services, call_sid=sid)
        self._play(sid, player, line, lambda: player.placed(timeout))
        return sid

    def drain(self, seconds: float) -> bool:
        """Take no new call, and wait for those under way; return whether all ended in time."""
        self._taking = False
        until = self._clock() + seconds
        while self._players and self._clock() < until:
            time.sleep(_DRAINS_EVERY)
        return not self._players

    def end_all(self) -> None:
        """End the calls under way, and tell the server."""
        for sid in list(self._players):
            self.move(sid, "")
        self.drain(5.0)

    def _report_lost(self, services: LineServices, sid: str, line: PhoneLine) -> None:
        """Report the end of a call that was under way when an earlier process was killed."""
        if not line.status_url:
            return
        extra = {"CallDuration": "0", "Duration": "0", "Timestamp": formatdate(), "SequenceNumber": "0"}
        try:
            Carrier(line, services.transport, sid).ask("status", "POST", line.status_url, extra, status="completed")
        except TwimlFault as fault:
            log.line("line_lost_call_unreported", call=sid, fault=fault.number)
