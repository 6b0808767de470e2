"""The other end of a dialled line: it rings, whoever answers is told who calls, the two talk, somebody hangs up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .caller import Act, DeskAnswer, DialStatus, HangUp, HeardPrompt, ListeningWindow, Press, Silence, Stretch
from .clock import Clock

_BUSY_SECONDS = 2.0
FAILED_SECONDS = 0.5
HANGS_UP_AFTER = 1.0
"""Seconds of what is played to them that somebody hears who answers and hangs up."""


class CallerLeft(Exception):
    """The caller hung up while the other telephone rang, was told who calls, or was talking."""


class Bounded:
    """A clock that stops at a moment: whoever sleeps past it learns that the caller has left."""

    def __init__(self, clock: Clock, end: float) -> None:
        self._clock, self._end = clock, end

    def now(self) -> float:
        """Return Unix seconds."""
        return self._clock.now()

    def sleep(self, seconds: float) -> None:
        """Let seconds go by. Raises CallerLeft at the end."""
        left = self._end - self._clock.now()
        if seconds >= left:
            self._clock.sleep(left)
            raise CallerLeft
        self._clock.sleep(seconds)


@dataclass(frozen=True)
class LegEnded:
    """How a dialled leg ended. `talked` is None when the two were never connected; `answered` counts from then."""

    status: DialStatus
    answered: float = 0.0
    talked: float | None = None
    caller_left: bool = False

    def facts(self, screened: DialStatus) -> dict[str, str]:
        """Return what the verb's action is told; `screened` stands for an answer that connected nobody."""
        if self.talked is not None:
            seconds = str(round(self.talked))
            return {"DialCallStatus": self.status, "DialCallDuration": seconds, "DialBridged": "true"}
        refused = self.answered and not self.caller_left
        return {"DialCallStatus": screened if refused else self.status, "DialBridged": "false"}

    @property
    def leg_status(self) -> str:
        """How the other telephone's own call ended."""
        return "completed" if self.answered else self.status


def bridge(desk: DeskAnswer, timeout: float, clock: Clock, told: Callable[[Clock], bool]) -> LegEnded:
    """Ring, let `told` tell whoever answers who calls (it says whether they take the call), and let them talk."""
    bounded = clock if desk.caller_leaves_at is None else Bounded(clock, clock.now() + desk.caller_leaves_at)
    answered = connected = 0.0
    try:
        if desk.status != "completed" or desk.ring > timeout:
            status: DialStatus = desk.status if desk.status != "completed" else "no-answer"
            bounded.sleep({"no-answer": timeout, "busy": _BUSY_SECONDS}.get(status, FAILED_SECONDS))
            return LegEnded(status)
        bounded.sleep(desk.ring)
        answered = clock.now()
        if not told(bounded):
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
    """The person at a dialled telephone, as the player of that leg sees them: listens, then presses what `desk` says.

    `dialled` is what becomes of a call that this leg makes in turn.
    """

    def __init__(self, desk: DeskAnswer, dialled: DeskAnswer | None = None) -> None:
        self._desk, self._dialled = desk, dialled or DeskAnswer()

    def early(self, stretch: Stretch) -> Act | None:
        """Listen to the end, or hang up soon."""
        return HangUp(HANGS_UP_AFTER) if self._desk.hangs_up else None

    def hears(self, heard: HeardPrompt) -> None:
        """Tell whoever wants to know what is heard at this end."""
        if self._desk.hears is not None:
            self._desk.hears(heard)

    def answers(self, listening: ListeningWindow) -> Act:
        """Press the key, or say nothing."""
        if self._desk.hangs_up:
            return HangUp()
        return Press(self._desk.press, repeat=self._desk.repeat) if self._desk.press else Silence()

    def acted(self, act: Act) -> None:
        """Know already."""

    def desk(self, numbers: Sequence[str]) -> DeskAnswer:
        """Say what becomes of a call made from here."""
        return self._dialled
