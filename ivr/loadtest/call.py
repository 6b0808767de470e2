"""One call of the load test: the player of TwiML on a planned timeline, with every request timed against the plan.

Reaches the server only through `ivr.carrier`. Must not store what a caller typed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from ivr.carrier.caller import (
    Act,
    DeskAnswer,
    Gone,
    HangUp,
    HeardPrompt,
    HeardRecording,
    HeardText,
    ListeningWindow,
    Silence,
    Stretch,
)
from ivr.carrier.carrier_options import CallResult, CarrierOptions
from ivr.carrier.player import Player
from ivr.carrier.requests import Exchange, PhoneLine, Purpose, new_sid
from ivr.carrier.transport import CarrierAnswer, NoAnswer, Transport

from .figures import LoadFigures
from .labels import asked, masked_digits
from .memo import Following, PlannedRequest
from .pacing import PlannedClock, PlannedTransport, Stopwatch
from .schedule import Timeline
from .scripts import Follower, Script

ARRIVES = "the call arrives"
SIDE_REQUESTS = ("status", "recording", "agent")
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
# Calls are due when they begin; a ring would only move them.
_CARRIER_OPTIONS = CarrierOptions(ring=0.0)


class LoadCall:
    """One call. Wraps the conversation's caller, and records its acts, prompts and requests."""

    def __init__(
        self, script: Script, figures: LoadFigures, watch: Stopwatch, timeline: Timeline, think: Callable[[], float]
    ) -> None:
        self._sid = new_sid("CA")
        self._script = script
        self._figures = figures
        self._watch = watch
        self._timeline = timeline
        self._think = think
        self._coming: tuple[str, int] | None = None
        self._step = (ARRIVES, 0)
        self._asked = ""
        self._silent_since: float | None = None
        self._failed = False
        self._followed = 0
        """Number of requests that were made and counted before the player took over."""

    def make(self, line: PhoneLine, transport: Transport) -> None:
        """Make the call, until it or the run ends. A call that was not due before the end is not counted."""
        self._planned = PlannedTransport(transport, self._watch, self._timeline, line.status_url, self._begin)
        self._times = self._planned.times
        outcome = "cut"
        try:
            outcome = "completed" if self._follow() else self._play(line)
        except Gone:
            pass
        finally:
            if self._planned.begun:
                self._figures.call_ended(outcome)

    def _follow(self) -> bool:
        """Repeat the cached requests of earlier calls with the same answers; return whether the call ended."""
        request = self._script.memo.first
        answers: list[CarrierAnswer | NoAnswer] = []
        while request is not None:
            self._timeline.wait(request.wait)
            for _ in range(request.thinks):
                self._timeline.think(self._think())
            template = request.template
            url, body, headers = template.made_for(self._sid, len(answers))
            try:
                answer = self._planned.send_due(template.method, url, body, headers)
            except NoAnswer as fault:
                answers.append(fault)
                break
            # Before the first answer nothing was called, so the call does not count.
            except Gone:
                if not answers:
                    raise
                break
            following = request.following(answer, self._sid)
            if following is None:
                # The answer is new: from here on the call is played in full, and the player gets the answers that it
                # has had.
                answers.append(replace(answer, held=self._times.sent - self._times.answered))
                break
            answers.append(answer)
            self._count(request, following)
            request = following.request
        else:
            return bool(answers)
        self._planned.past.extend(answers)
        return False

    def _count(self, request: PlannedRequest, following: Following) -> None:
        self._followed += 1
        if not request.aside and self._times.counts:
            self._step = request.step
            self._measured(taken=True)
        if following.heard:
            self._audible()

    def _play(self, line: PhoneLine) -> str:
        """Play the call after the answers received so far, and cache it if it succeeds."""
        clock = PlannedClock(self._planned.wait)
        self._caller = Follower(self._script, clock, self._sid)
        player = Player(
            line,
            self._planned,
            self,
            clock,
            call_sid=self._sid,
            carrier_options=_CARRIER_OPTIONS,
            watch=self._exchanged,
        )
        outcome = self._judged(player.call())
        if outcome == "completed":
            self._script.memo.keep(self._planned.sent, line, self._sid)
        return outcome

    def _begin(self) -> None:
        late = self._watch.now() - self._timeline.due
        title = self._script.conversation.title
        self._figures.call_started(title, self._timeline.due, late if late > LATE else 0.0)

    def _judged(self, result: CallResult) -> str:
        # Cut off by the end of the run, not by the server: no failure, and no success either.
        if self._watch.over.is_set() and result.ended_by == "caller" and not self._failed:
            return "cut"
        for fault in result.faults:
            if fault.fatal and not self._failed:
                self._error(f"TwiML fault {fault.number}", fault.message, self._step)
        kind, example = self._caller.went_wrong(result)
        if kind and not self._failed:
            if self._caller.diverted:
                return "diverted"
            self._error(kind, example, self._step)
        return "failed" if self._failed else "completed"

    def _error(self, kind: str, example: str, step: tuple[str, int]) -> None:
        self._failed = True
        self._figures.error(self._watch.now(), *step, kind, masked_digits(example))

    def _exchanged(self, exchange: Exchange) -> None:
        kind = kind_of(exchange)
        followed = self._followed > 0
        self._followed -= followed
        sent = self._planned.sent[-1]
        sent.aside = exchange.purpose in SIDE_REQUESTS
        if sent.aside:
            step = (f"{exchange.purpose} callback", AFTER)
        else:
            step = self._step = self._named(exchange)
            if self._times.counts and not followed:
                self._measured(taken=kind not in UNTAKEN)
        sent.step = step
        if kind:
            self._error(kind, exchange.problem, step)

    def _measured(self, *, taken: bool) -> None:
        times = self._times
        self._silent_since = times.due if self._silent_since is None else self._silent_since
        # From when it was due, not from when it was sent: a server that stalls must not profit from requests that
        # wait for it (coordinated omission).
        latency = times.answered - times.due if taken else None
        self._figures.turn(times.sent, *self._step, latency, times.answered - times.sent)

    def _named(self, exchange: Exchange) -> tuple[str, int]:
        coming, self._coming = self._coming, None
        if coming is not None:
            return coming
        return (ARRIVES, 0) if exchange.purpose == "voice" else (NAMES[exchange.purpose], self._step[1])

    def early(self, stretch: Stretch) -> Act | None:
        """Delegate, and record the question: the last words of the prompts in their first language."""
        said = [prompt for prompt in stretch.prompts if isinstance(prompt, HeardText)]
        if said:
            self._asked = asked([prompt for prompt in said if prompt.language == said[0].language][-1].text)
        return self._caller.early(stretch)

    def hears(self, heard: HeardPrompt) -> None:
        """Delegate, and count the silence that ends with the prompt."""
        if isinstance(heard, HeardText | HeardRecording):
            self._planned.sent[-1].heard = True
            if not self._followed:
                self._audible()
        self._caller.hears(heard)

    def _audible(self) -> None:
        if self._silent_since is not None and self._times.counts:
            self._figures.audible(self._times.answered - self._silent_since)
        self._silent_since = None

    def answers(self, listening: ListeningWindow) -> Act:
        """Delegate."""
        return self._caller.answers(listening)

    def acted(self, act: Act) -> None:
        """Delegate, and add the think time of a human."""
        named, place = self._caller.named(act)
        self._coming = (f"{named} after {self._asked}" if self._asked else f"{named} in turn {place}", place)
        if not isinstance(act, Silence | HangUp):
            self._planned.think(self._think)
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
