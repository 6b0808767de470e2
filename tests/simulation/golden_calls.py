"""Every I/O point of the golden calls fails, one at a time: once, for ever, by a crash, by a hang.

The golden calls are the shipped conversations that callers have, those with a weight. Each is played once without
faults to count its points; then once for each point and each way to fail. After a crash the caller must notice
nothing. Otherwise the caller may hear a sentence and come to a person, but must not be lost; and what the checker
watches must hold.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from pathlib import Path

from ivr.app import Ivr
from ivr.carrier import addresses
from ivr.carrier.caller import Act, DeskAnswer, Gone, HeardPrompt, ListeningWindow, Silence, Stretch
from ivr.carrier.carrier_options import CarrierOptions
from ivr.carrier.player import Player
from ivr.carrier.requests import PhoneLine
from ivr.conversations.flow_words import FlowWords
from ivr.conversations.model import Conversation
from ivr.conversations.reader import read_conversations
from ivr.conversations.runner import ScriptedCaller
from ivr.services.sms.local_outbox import messages

from .points import Point, Verdict
from .stage import Task
from .world import BASE, MONDAY_AT_TEN, TOKEN, Alteration, Ground, World

CONVERSATIONS = Path(__file__).parents[1] / "conversations"
CALL = "CA" + "0" * 31 + "1"
PATIENT_SILENCES = 12


class Way(Enum):
    """A way in which a point fails. The value is its name in reports."""

    ONCE = "an error, once"
    FOR_EVER = "errors from then on"
    HANG = "no answer, once"
    HANG_FOR_EVER = "no answer from then on"
    CRASH = "the worker dies before"
    CRASH_AFTER = "the worker dies after"
    UNSURE = "done, and reported as an error"


VERDICTS = {
    Way.ONCE: Verdict.FAIL,
    Way.FOR_EVER: Verdict.FAIL,
    Way.HANG: Verdict.HANG,
    Way.HANG_FOR_EVER: Verdict.HANG,
    Way.CRASH: Verdict.DIE,
    Way.CRASH_AFTER: Verdict.DIE_AFTER,
    Way.UNSURE: Verdict.UNSURE,
}
FROM_THEN_ON = (Way.FOR_EVER, Way.HANG_FOR_EVER)
UNNOTICED = (Way.CRASH, Way.CRASH_AFTER)
"""The ways of which the caller hears nothing, because the carrier asks again."""


@dataclass
class OnePoint:
    """The judge of a world in which one point of one call fails; `points` are those that the call has met."""

    number: int | None = None
    way: Way = Way.ONCE
    is_over: bool = False
    points: list[Point] = field(default_factory=list)
    calls: dict[str, object] = field(default_factory=dict)

    def __call__(self, point: Point, task: Task) -> Verdict | None:
        if task.request is None or task.request.call != CALL or self.is_over:
            return None
        # Points are counted within one call only, so a number means the same point in each trial of the call.
        here = len(self.points)
        self.points.append(point)
        if self.number is None or here < self.number:
            return None
        # For ever means the same service: a broken store does not break the bank.
        if here == self.number or (self.way in FROM_THEN_ON and self._is_alike(point)):
            return VERDICTS[self.way]
        return None

    def _is_alike(self, point: Point) -> bool:
        """Return whether a point belongs to what is broken: the bank, or the store."""
        assert self.number is not None
        return (point is Point.BANK) == (self.points[self.number] is Point.BANK)


class GoldenCaller:
    """The caller of a conversation, who stays on the line when it goes otherwise."""

    def __init__(self, script: ScriptedCaller) -> None:
        self.script = script
        self._silences = 0

    def early(self, stretch: Stretch) -> Act | None:
        return None if self.script.failures else self.script.early(stretch)

    def hears(self, heard: HeardPrompt) -> None:
        self.script.hears(heard)

    def answers(self, listening: ListeningWindow) -> Act:
        if not self.script.failures:
            try:
                return self.script.answers(listening)
            except Gone:
                if not self.script.failures:
                    raise
        self._silences += 1
        if self._silences > PATIENT_SILENCES:
            raise Gone
        return Silence()

    def acted(self, act: Act) -> None:
        if not self.script.failures:
            self._staying(lambda: self.script.acted(act))

    def desk(self, numbers: Sequence[str]) -> DeskAnswer:
        answers: list[DeskAnswer] = []
        if not self.script.failures:
            self._staying(lambda: answers.append(self.script.desk(numbers)))
        return answers[0] if answers else DeskAnswer()

    def _staying(self, act: Callable[[], None]) -> None:
        try:
            act()
        except Gone:
            if not self.script.failures:
                raise


@dataclass(frozen=True)
class Trial:
    """One conversation with one fault. `points` are all points of the call, `failures` what the caller missed."""

    conversation: Conversation
    points: tuple[Point, ...]
    failures: tuple[str, ...]
    violations: tuple[str, ...]


def golden_conversations() -> list[Conversation]:
    """Return the conversations with a weight that need no agents, announcements or faulty bank of their own."""
    return [
        conversation
        for conversation in read_conversations([CONVERSATIONS])
        if conversation.weight > 0
        and not (conversation.agents or conversation.before or conversation.announced or conversation.desks)
        and not (conversation.faulty_bank or conversation.answers)
        and not any(turn.repeat or turn.bank or turn.answers for turn in conversation.turns)
    ]


def play_golden(ground: Ground, conversation: Conversation, judge: OnePoint, alter: Alteration | None = None) -> Trial:
    """Play one conversation with one fault."""
    start = MONDAY_AT_TEN if conversation.at is None else conversation.at
    # Without jobs, whose uses of the store would fall between those of the call. The workers start ten seconds
    # earlier.
    world = World(ground, 1, judge, alter or (lambda _ivr: None), start=start - 10.0, has_jobs=False)
    scripts: list[ScriptedCaller] = []
    with world.running(2):
        world.stage.spawn(lambda: scripts.append(_call(world, conversation)), "golden call", after=10.0)
        world.wait_for_all(lambda: not scripts)
        # The world is tidied without faults, since what remains must be checked as it is.
        judge.is_over = True
        world.finish()
    missed = scripts[0].failures if scripts else []
    if not scripts:
        world.checker.report("the caller is still on the line")
    return Trial(
        conversation,
        tuple(judge.points),
        tuple(f"{failure.message} (heard {failure.heard[-60:]})" for failure in missed),
        tuple(world.checker.violations),
    )


def trials(ground: Ground, conversations: Sequence[Conversation], *, share: float = 1.0) -> Iterator[tuple[Trial, str]]:
    """Play every point and way; yield each trial with its name. `share` draws some of them, always the same."""
    chance = random.Random("points")
    for conversation in conversations:
        clean = play_golden(ground, conversation, OnePoint())
        yield clean, f"{conversation.title}: no fault"
        for number, point in enumerate(clean.points):
            for way in ways_of(point):
                # Drawn for each trial, even of those left out: another share plays a part of the same trials.
                if chance.random() < share:
                    trial = play_golden(ground, conversation, OnePoint(number, way))
                    yield trial, f"{conversation.title}: point {number} ({point.value}): {way.value}"


def ways_of(point: Point) -> list[Way]:
    """Return the ways in which a point can fail: only what changes something can be done and reported as an error."""
    changes = point in (Point.WRITE, Point.BANK)
    return [way for way in Way if changes or way not in (Way.CRASH_AFTER, Way.UNSURE)]


def faults_of(trial: Trial, name: str) -> list[str]:
    """Return what is wrong with a trial."""
    unnoticed = name.endswith("no fault") or any(name.endswith(way.value) for way in UNNOTICED)
    return [*trial.violations, *(trial.failures if unnoticed else ())]


def _call(world: World, conversation: Conversation) -> ScriptedCaller:
    ivr = world.workers[0].ivr
    assert ivr is not None
    facts = replace(ivr.session, store=world.store.memory).facts
    options = CarrierOptions(ring=1.0)
    script = ScriptedCaller(
        conversation,
        world.stage,
        CALL,
        facts,
        options.ring,
        lambda: _texts(world, ivr),
        None,
        FlowWords(ivr.release, facts, ivr.services.verbalize),
    )
    line = PhoneLine(
        voice_url=f"{BASE}{conversation.path}{addresses.OPTIONS}",
        caller=conversation.caller,
        called=conversation.to or PhoneLine.called,
        token=TOKEN,
        status_url=f"{BASE}{addresses.STATUS}{addresses.OPTIONS}",
        fallback_url=f"{BASE}{addresses.FALLBACK}{addresses.OPTIONS}",
    )
    player = Player(line, world.network, GoldenCaller(script), world.stage, call_sid=CALL, carrier_options=options)
    result = player.call()
    world.checker.call_ended(result)
    if not script.failures:
        script.finish(result)
    return script


def _texts(world: World, ivr: Ivr) -> list[str]:
    return [message.text.reveal() for message in reversed(messages(world.store.memory, ivr.seal))]
