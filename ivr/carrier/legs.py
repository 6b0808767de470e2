"""The dialled leg of a call: ringing, the announcement to the agent, the talk, and the hang-up. Makes no requests."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .caller import Act, DeskAnswer, DialStatus, HangUp, HeardPrompt, ListeningWindow, Press, Silence, Stretch
from .clock import Clock

_BUSY_SECONDS = 2.0
FAILED_SECONDS = 0.5
HANGS_UP_AFTER = 1.0
"""Seconds that an agent listens who answers and then hangs up."""


class CallerLeft(Exception):
    """The caller hung up while the agent's telephone rang, during the announcement, or during the talk."""


class Bounded:
    """A clock that ends at a time: sleeping past it raises CallerLeft."""

    def __init__(self, clock: Clock, end: float) -> None:
        self._clock, self._end = clock, end

    def now(self) -> float:
        """Return Unix seconds."""
        return self._clock.now()

    def sleep(self, seconds: float) -> None:
        """Wait `seconds`. Raises CallerLeft at the end."""
        left = self._end - self._clock.now()
        # The time up to the end passes all the same: what happens at the end has its right time.
        if seconds >= left:
            self._clock.sleep(left)
            raise CallerLeft
        self._clock.sleep(seconds)


@dataclass(frozen=True)
class LegEnded:
    """How a dialled leg ended. `answered` counts seconds since it was answered; `talked` is None if not connected."""

    status: DialStatus
    answered: float = 0.0
    talked: float | None = None
    caller_left: bool = False

    def facts(self, screened: DialStatus) -> dict[str, str]:
        """Return the parameters of the Dial's action; `screened` is the status if the agent did not take the call."""
        if self.talked is not None:
            seconds = str(round(self.talked))
            return {"DialCallStatus": self.status, "DialCallDuration": seconds, "DialBridged": "true"}
        # An agent who refuses has answered the telephone; what the carrier reports then is not documented.
        refused = self.answered and not self.caller_left
        return {"DialCallStatus": screened if refused else self.status, "DialBridged": "false"}

    @property
    def leg_status(self) -> str:
        """The final status of the leg's own call."""
        return "completed" if self.answered else self.status


def bridge(desk: DeskAnswer, timeout: float, clock: Clock, takes: Callable[[Clock], bool]) -> LegEnded:
    """Ring, ask the agent with `takes` whether they take the call, and let the two talk."""
    bounded = clock if desk.caller_leaves_at is None else Bounded(clock, clock.now() + desk.caller_leaves_at)
    answered = connected = 0.0
    try:
        if desk.status != "completed" or desk.ring > timeout:
            status: DialStatus = desk.status if desk.status != "completed" else "no-answer"
            bounded.sleep({"no-answer": timeout, "busy": _BUSY_SECONDS}.get(status, FAILED_SECONDS))
            return LegEnded(status)
        bounded.sleep(desk.ring)
        answered = clock.now()
        if not takes(bounded):
            return LegEnded("completed", clock.now() - answered)
        connected = clock.now()
        bounded.sleep(desk.talk)
    except CallerLeft:
        now = clock.now()
        talked = now - connected if connected else None
        return LegEnded(
            "completed" if connected else "canceled", now - answered if answered else 0.0, talked, caller_left=True
        )
    now = clock.now()
    return LegEnded("completed", now - answered, now - connected, caller_left=desk.caller_leaves)


class AnsweringAgent:
    """The agent at a dialled telephone, as the `Caller` of that leg: listens, then presses the key of `desk`.

    `dialled` is the outcome of a call that this leg makes in turn.
    """

    def __init__(self, desk: DeskAnswer, dialled: DeskAnswer | None = None) -> None:
        self._desk, self._dialled = desk, dialled or DeskAnswer()

    def early(self, stretch: Stretch) -> Act | None:
        """Listen to the end, or hang up after HANGS_UP_AFTER."""
        return HangUp(HANGS_UP_AFTER) if self._desk.hangs_up else None

    def hears(self, heard: HeardPrompt) -> None:
        """Pass the prompt on to `desk.hears`."""
        if self._desk.hears is not None:
            self._desk.hears(heard)

    def answers(self, listening: ListeningWindow) -> Act:
        """Press the key, or stay silent."""
        if self._desk.hangs_up:
            return HangUp()
        return Press(self._desk.press, repeat=self._desk.repeat) if self._desk.press else Silence()

    def acted(self, act: Act) -> None:
        """Ignore it."""

    def desk(self, numbers: Sequence[str]) -> DeskAnswer:
        """Return the outcome of a call made by this leg."""
        return self._dialled
