"""A party that a call dials: ringing, the document for the party, the conversation, and its recording."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

from ivr.carrier.caller import DialStatus, Gone
from ivr.carrier.legs import LegEnded
from ivr.carrier.requests import PhoneLine
from ivr.carrier.side_requests import SideRequests
from ivr.carrier.twiml import Dial, TwimlFault
from ivr.net.threads import in_background
from ivr.telemetry import log

from .handset import Answered, Handset, Hung, LegDecided, LegEvent, PhoneEvent
from .line_call import CannotDial
from .line_services import LineServices
from .prompt_sounds import ringing
from .two_way_talk import TwoWayTalk

_FOREVER = float("inf")
_RINGS = 1000
NextEvent = Callable[[float], PhoneEvent | None]
"""Returns the caller's next event, or None at a time by `time.monotonic`; raises Gone and NextDocument."""


class LegPlayer(Protocol):
    """Plays the document of the party, in a thread of its own."""

    faults: list[TwimlFault]
    side_requests: SideRequests

    def takes(self) -> bool:
        """Return whether the party takes the call."""


class MakeLegPlayer(Protocol):
    """Makes the player of a leg."""

    def __call__(
        self, line: PhoneLine, handset: Handset, services: LineServices, *, call_sid: str | None = None
    ) -> LegPlayer:
        """Return the player."""


class DialledLeg:
    """One party, dialled for the caller at `caller`. Use it once."""

    def __init__(
        self, services: LineServices, caller: Handset, line: PhoneLine, call_sid: str, make: MakeLegPlayer
    ) -> None:
        self._services, self._caller, self._line = services, caller, line
        self.call_sid = call_sid
        self._make = make
        self._player: LegPlayer | None = None
        self._talk: TwoWayTalk | None = None
        self.ended = LegEnded("failed")

    @property
    def faults(self) -> list[TwimlFault]:
        """The faults of the party's document."""
        return self._player.faults if self._player else []

    def connect(self, dial: Dial, shown: str, next_event: NextEvent) -> LegEnded:
        """Ring the party, ask whether they take the call, and let the two talk until one hangs up.

        `shown` is the number that the party sees. Raises NextDocument if the server moves the caller meanwhile; `ended`
        then tells how far it came.
        """
        try:
            call = self._services.dial(self._line.called, shown)
        except CannotDial:
            return self.ended
        leg = Handset(call, self._services.pump, lambda event: self._caller.put(LegEvent(event)))
        self._player = self._make(self._line, leg, self._services, call_sid=self.call_sid)
        self._caller.play(ringing(), _RINGS)
        connected = 0.0
        status: DialStatus = "canceled"
        left = False
        try:
            status = self._rings(leg, time.monotonic() + dial.timeout, next_event)
            if status == "completed" and self._takes(next_event):
                connected = time.time()
                self._bridge(leg, dial, next_event)
        except Gone:
            left = True
        # Also when the server moves the caller: the party must not stay on a dead line.
        finally:
            self._separate(leg)
            now = time.time()
            answered = now - leg.answered_at if leg.answered_at else 0.0
            talked = now - connected if connected else None
            self.ended = LegEnded("completed" if connected else status, answered, talked, left)
        return self.ended

    def report(self) -> None:
        """Report to the server how the party's own call ended."""
        if self._player is not None:
            self._player.side_requests.ended(self.ended.leg_status, self.ended.answered, time.time())

    def recording(self) -> bytes:
        """Return the recording of the conversation as a WAV file."""
        return self._talk.wav() if self._talk else b""

    def _rings(self, leg: Handset, until: float, next_event: NextEvent) -> DialStatus:
        """Wait for the answer."""
        while True:
            event = next_event(until)
            if event is None:
                return "no-answer"
            if isinstance(event, LegEvent) and isinstance(event.event, Answered):
                return "completed"
            if isinstance(event, LegEvent) and isinstance(event.event, Hung) and not leg.answered_at:
                # "completed" is the end of a talk; a party that hangs up while it rings has not answered.
                return "no-answer" if event.event.how == "completed" else event.event.how

    def _takes(self, next_event: NextEvent) -> bool:
        """Play the document for the party; the caller hears the ringing tone meanwhile."""
        player = self._player
        if player is None:
            return False

        def decide() -> None:
            takes = False
            try:
                takes = player.takes()
            except Exception as fault:  # without a decision the caller would hear the ringing tone for ever
                log.fault("line leg", fault, call=self.call_sid)
            self._caller.put(LegEvent(LegDecided(takes)))

        in_background(decide, "line-leg")
        while True:
            event = next_event(_FOREVER)
            if isinstance(event, LegEvent) and isinstance(event.event, LegDecided):
                return event.event.takes

    def _bridge(self, leg: Handset, dial: Dial, next_event: NextEvent) -> None:
        self._caller.stream.stop()
        self._talk = TwoWayTalk(self._caller.stream, leg.stream, record=dial.record)
        self._talk.begin()
        # The event that ends the talk may have come while the document was played, so the state is asked, not an event.
        while leg.hung is None:
            next_event(_FOREVER)

    def _separate(self, leg: Handset) -> None:
        if self._talk:
            self._talk.end()
        self._caller.stream.stop()
        leg.call.hang_up()
