"""`transfer`: connects the caller with an agent; until then, music and the expected wait."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import ClassVar

from msgspec.structs import replace as changed

from ivr.engine.agent_context import handover
from ivr.engine.call import Transfer
from ivr.engine.fraud_warning import tells_of_fraud, warn_of_fraud
from ivr.engine.inputs import DialEnded, Digits, HungUp, Input, Speech
from ivr.engine.queue_treatment import choice_for, choice_named, leads_out, leave, note_talk, wait, way_out, where
from ivr.engine.scratch import Scratch
from ivr.engine.service_ports.question import Question
from ivr.engine.service_ports.queue import AskRound, EnterQueue, LeaveQueue, NoteRang, QueueStatus
from ivr.engine.step import LiveStep, Move
from ivr.engine.telephone import telephone
from ivr.engine.turn import Turn
from ivr.engine.verbs import Dial, Enqueue
from ivr.errors import LookupFailed
from ivr.flow.class_fields import PriorityName
from ivr.flow.desk_field import OWN_DESK, DeskField, WantedDesk
from ivr.flow.expressions import Expression
from ivr.flow.fields import Block, option
from ivr.flow.model import Choice, Route, Way
from ivr.flow.own_classes import FRAUD, NORMAL
from ivr.flow.routes import Choices, Condition, Ways
from ivr.flow.text import Text
from ivr.flow.text_field import TextField

_OUTCOMES = {"completed": "next", "busy": "busy", "no-answer": "no_answer", "failed": "failed", "canceled": "no_answer"}
_MOST_FAULTS = 3  # rounds without an answer of the queue, after which the desk's own number is dialled


@dataclass(frozen=True)
class TransferScratch(Scratch):
    """`state` is what the queue said last, `left` the desks that may still be dialled; None before any was wanted.

    `faults` counts rounds without an answer, `agent` is being rung, `number` is dialled
    instead of a desk's; `level` and `customer` are what was proved by then.
    """

    state: str = ""
    left: Sequence[str] | None = None
    faults: int = 0
    agent: str = ""
    level: int = 0
    customer: str = ""
    number: str = ""


@dataclass(frozen=True)
class To:
    """The keys of `transfer:`."""

    desk: WantedDesk = option(
        DeskField(),
        help="The desk of line.yaml that is wanted, or a value that names it; `segment` is the caller's own.",
        default=WantedDesk(OWN_DESK),
        shown=OWN_DESK,
    )
    number: Expression | None = option(
        Condition(),
        help="A value with the number that is dialled instead, if `dial_out` of line.yaml allows it.",
        default=None,
        shown="that of the desk",
    )
    priority: str = option(
        PriorityName(),
        help="How urgent the caller is taken, at least.",
        default="",
        shown="that of the caller's segment",
    )


@dataclass(frozen=True, kw_only=True)
class TransferStep(LiveStep):
    """Connects the caller with an agent of a desk, or with the number of a desk that has no agents.

    With `transfer: segment` it is the desk of the caller's own segment, at the segment's priority; desks that
    `line.yaml` names as overflow help out. While agents are busy the caller waits: they hear their place, the expected
    wait and music, and take one of `choices` whenever they like. The agent is told what the caller has proved, chosen
    and entered. Every other end has a way on, so that no caller is dropped.

    A value can name the desk (`transfer: doctor.desk`) or hold the number (`transfer: {number: doctor.mobile}`); one
    that names no desk, or a number that may not be dialled, leads to `otherwise`.

    Conditions of `choices` may read `queue.position`, `queue.minutes` (none while the wait is unknown) and
    `queue.call_back` (whether the wait is long enough to offer a call back).

    ```yaml
    agent:
      transfer: general
      choices:
        - {key: "1", label: 不想等，我们给您回电, when: queue.call_back, goto: call_back}
      next: after_agent
      on_busy: leave_message
      otherwise: leave_message
    ```
    """

    kind: ClassVar[str] = "transfer"
    listens: ClassVar[bool] = True
    reaches_person: ClassVar[bool] = True
    open_to_all: ClassVar[bool] = True

    transfer: To = option(Block(To, "a transfer", short="desk"), help="The desk, or the desk and a priority.")
    otherwise: Route = option(Ways(), help="Where to go when no agent could be reached.")
    prompt: Text | None = option(TextField(), help="What is said first.", default=None, shown="by language")
    next: Route | None = option(
        Ways(), help="Where the call goes on after the conversation.", default=None, shown="the call ends"
    )
    choices: tuple[Choice, ...] = option(
        Choices(numbered=True, silent=True),
        help="What a waiting caller may do instead; each with a label is spoken with the place.",
        default=(),
    )
    on_busy: Route | None = option(Ways(), help="Where to go when the desk is busy.", default=None, shown="otherwise")
    on_no_answer: Route | None = option(
        Ways(), help="Where to go when no agent answers.", default=None, shown="otherwise"
    )
    on_closed: Route | None = option(
        Ways(), help="Where to go, without dialling, outside the hours of the desk.", default=None, shown="otherwise"
    )
    on_nobody: Route | None = option(
        Ways(), help="Where to go while every agent is signed off.", default=None, shown="on_closed"
    )
    on_full: Route | None = option(
        Ways(), help="Where to go when too many wait already.", default=None, shown="on_busy"
    )

    def exits(self) -> Mapping[str, Route]:
        """Return the ways on."""
        closed, busy = self.on_closed or self.otherwise, self.on_busy or self.otherwise
        routes = {
            "busy": busy,
            "no_answer": self.on_no_answer or self.otherwise,
            "closed": closed,
            "nobody": self.on_nobody or closed,
            "full": self.on_full or busy,
            "failed": self.otherwise,
        }
        return routes | self._choice_exits() | ({"next": self.next} if self.next else {})

    def _choice_exits(self) -> dict[str, Route]:
        return {f"key {choice.key}": (Way(choice.goto),) for choice in self.choices if choice.goto}

    def own_choices(self) -> tuple[Choice, ...]:
        """Return the choices of a waiting caller."""
        return self.choices

    def choice_outcomes(self) -> frozenset[str]:
        """Return the outcome of each choice that leads to a step."""
        return frozenset(self._choice_exits())

    def desk(self) -> WantedDesk:
        """Return the desk that is wanted."""
        return self.transfer.desk

    def dialled_number(self) -> Expression | None:
        """Return the value with the number that is dialled instead of the desk's."""
        return self.transfer.number

    def priority(self) -> str:
        """Return the priority that is written."""
        return self.transfer.priority

    # entering

    def enter(self, turn: Turn) -> Move:
        """Say so, and ask for an agent; closed desks are not asked for."""
        desk, priority = self._wanted(turn)
        number = telephone(self.transfer.number(turn.values())) if self.transfer.number else ""
        if not desk or (self.transfer.number and not turn.line.may_dial(number)):
            turn.note("no_destination", step=self.name)
            return "failed"
        turn.change(keys_ahead="", transfer=Transfer(desk, priority, turn.now))
        there = [name for name in _desks(turn, desk) if turn.desk_open(name)]
        if not there and self.name not in turn.found_closed:
            turn.found_closed.add(self.name)  # a caller whom the flow leads here again is connected rather than led on
            turn.note("closed", desk=desk)
            return "closed"
        turn.remember(replace(turn.scratch_as(TransferScratch), left=there or [desk]))
        self._say_so(turn)
        turn.note("transfer", desk=desk, priority=priority)
        if number:
            turn.remember(replace(_with_proof(turn), left=[desk], number=number))
            turn.dial(turn.call.transfer.desk, number)
            return None
        return self._queue(turn)

    def _say_so(self, turn: Turn) -> None:
        if self.prompt:
            turn.say(self.prompt)
        else:
            turn.phrase("transfer")

    def _wanted(self, turn: Turn) -> tuple[str, str]:
        """Return the desk and the priority that this caller gets; no desk if the value names none."""
        caller = turn.caller
        at_risk = FRAUD if caller.risk else ""
        both = (self.transfer.priority or NORMAL, caller.priority or NORMAL)
        priority = at_risk or max(both, key=turn.line.waiting.head_start)
        desk = self.transfer.desk.among(turn.line.desks, turn.values())
        if desk != OWN_DESK:
            return desk, priority
        return caller.desk or turn.line.desk, priority

    def _queue(self, turn: Turn) -> Move:
        transfer = turn.call.transfer
        return self._ask(turn, EnterQueue(**handover(turn), desk=transfer.desk, priority=transfer.priority))

    def _ask(self, turn: Turn, question: Question[QueueStatus], *, tell: bool = False) -> Move:
        """Ask the queue and carry out its instruction. While it cannot be asked, the desk's own number is dialled.

        With `tell` the caller wants to hear the place now.
        """
        try:
            status = turn.ask(question)
        except LookupFailed as failed:
            return self._unanswered(turn, failed)
        turn.remember(replace(turn.scratch_as(TransferScratch), faults=0))
        return self._follow(turn, changed(status, due=True) if tell else status)

    def _unanswered(self, turn: Turn, failed: LookupFailed) -> Move:
        scratch = turn.scratch_as(TransferScratch)
        waits = scratch.state == "wait"
        if waits and failed.missing:  # the queue has lost this caller, who still waits
            turn.remember(replace(scratch, state=""))
            return self._queue(turn)
        faults = scratch.faults + 1
        turn.remember(replace(scratch, faults=faults))
        turn.note("lookup", source="queue", outcome="failed", reason=str(failed))
        if waits and faults < _MOST_FAULTS:
            return wait(turn, None, self.choices)
        return self._dial_desk(turn)

    def _follow(self, turn: Turn, status: QueueStatus) -> Move:
        match status.state:
            case "ring" if status.number and status.leg:
                return self._ring(turn, status)
            case "wait":
                scratch = turn.scratch_as(TransferScratch)
                # Noted once: a caller whose agent refused waits on, and must count as one wait.
                if scratch.state not in ("wait", "ring"):
                    turn.note("queued", **where(turn))
                turn.remember(replace(scratch, state="wait"))
                return wait(turn, status, self.choices)
            case "router":
                turn.note("queued", router=True, **where(turn))
                turn.remember(replace(_with_proof(turn), state="router"))
                turn.close(Enqueue((), status.workflow, status.priority, status.task))
                return None
            case "talked":  # the report on the dialling was lost; the new request of the line shows that it has ended
                return self._talked(turn, status)
            case "nobody" | "full" as outcome if self.name not in turn.found_closed:
                turn.found_closed.add(self.name)
                turn.note("left", why=outcome, **where(turn))
                return str(outcome)
        return self._dial_desk(turn)

    def _dial_desk(self, turn: Turn) -> Move:
        """Dial the number of the desk, or of the next one that helps out. No key is needed there to accept the call."""
        scratch = _with_proof(turn)
        if scratch.state in ("wait", "ring"):  # else an agent who signs on would get a call that is talking already
            with suppress(LookupFailed):
                turn.ask(LeaveQueue(call=turn.call.id, why="direct"))
        # Kept in the call, so that a request that comes again dials the same desk.
        desk, *left = scratch.left or [turn.call.transfer.desk]
        turn.remember(replace(scratch, state="", left=left))
        turn.change(transfer=changed(turn.call.transfer, desk=desk))
        turn.dial(desk)
        return None

    def _ring(self, turn: Turn, status: QueueStatus) -> Move:
        if status.record and not turn.call.transfer.recording_announced:
            turn.phrase("recorded", barge_in=False)
        # Kept over further agents, since the announcement is heard once; a leg without recording takes it back.
        turn.change(transfer=changed(turn.call.transfer, recording_announced=status.record))
        turn.remember(replace(_with_proof(turn), state="ring", agent=status.agent))
        turn.note("ring", agent=status.agent, **where(turn))
        turn.close(Dial((), status.number, status.timeout, leg=status.leg, record=status.record))
        return None

    # waiting and talking

    def answer(self, turn: Turn, action: Input) -> Move:
        """Process the end of a conversation or the choice of a waiting caller, or ask whether an agent is free."""
        state = turn.scratch_as(TransferScratch).state
        if isinstance(action, DialEnded):
            _renew(turn)
            return self._rang(turn, action) if state == "ring" else self._dialled(turn, action)
        if state == "wait" and isinstance(action, Digits):
            return self._pressed(turn, action.keys[:1])
        if state == "wait" and isinstance(action, Speech) and (way := self._said(turn, action)):
            return way
        if state in ("wait", "ring"):
            return self._ask(turn, AskRound(call=turn.call.id))
        scratch = turn.scratch_as(TransferScratch)
        if scratch.left is not None:  # a number is being dialled, and the carrier asks again what to do
            self._say_so(turn)
            turn.dial(turn.call.transfer.desk, scratch.number)
            return None
        return self.enter(turn)

    def _pressed(self, turn: Turn, key: str) -> Move:
        choice = choice_for(turn, self.choices, key)
        if choice is None or not leads_out(turn, choice):
            return self._ask(turn, AskRound(call=turn.call.id), tell=True)
        return self._leave_for(turn, choice)

    def _said(self, turn: Turn, speech: Speech) -> Move:
        """Take what a waiting caller says clearly: a choice, or a fraud. Everything else is no answer."""
        clear = (speech.confidence or 1.0) >= turn.profile.sure_confidence
        choice = choice_named(turn, self.choices, speech.text) if clear else None
        if not clear or not tells_of_fraud(turn, speech.text):
            return self._leave_for(turn, choice) if choice else None
        leave(turn, "choice")
        return warn_of_fraud(turn)

    def _leave_for(self, turn: Turn, choice: Choice) -> Move:
        leave(turn, "choice")
        if choice.reason:
            turn.set_reason(choice.reason)
        return f"key {choice.key}" if choice.goto and choice in self.choices else way_out(turn, choice)

    def _rang(self, turn: Turn, action: DialEnded) -> Move:
        """Ask the queue whether the agent accepted the call: the carrier's report on the leg does not contain it."""
        try:
            status = turn.ask(NoteRang(call=turn.call.id, status=action.status, seconds=action.seconds))
        except LookupFailed as failed:
            # The queue cannot be asked: only the carrier's report is left to go by.
            if not failed.missing:
                return self._dialled(turn, action)
            return self._queue(turn)
        if status.state == "talked":
            return self._talked(turn, status)
        turn.note("refused", agent=turn.scratch_as(TransferScratch).agent, status=action.status)
        turn.phrase("queue_back")
        return self._follow(turn, status)

    def _talked(self, turn: Turn, status: QueueStatus) -> Move:
        """Go on after a talk with an agent."""
        _renew(turn)
        note_talk(turn, status)
        turn.change(transfer=changed(turn.call.transfer, agent=status.agent))
        return self._after(turn)

    def _dialled(self, turn: Turn, action: DialEnded) -> Move:
        """Go on by how dialling the desk's own number ended."""
        outcome = _OUTCOMES[self._note_dialled(turn, action)]
        scratch = turn.scratch_as(TransferScratch)
        if outcome != "next" and scratch.left and not scratch.number:
            turn.phrase("transfer_on")
            return self._dial_desk(turn)
        return self._after(turn) if outcome == "next" else outcome

    def _note_dialled(self, turn: Turn, action: DialEnded) -> str:
        """Note how a dial ended; return its status. A leg that was not bridged is no talk."""
        status = "no-answer" if action.status == "completed" and not action.bridged else action.status
        desk = turn.call.transfer.desk
        turn.note("dialled", desk=desk, status=status, seconds=action.seconds)
        return status

    def _after(self, turn: Turn) -> Move:
        if self.next is None:
            turn.hang_up()
            return None
        return "next"

    def on_hangup(self, turn: Turn, gone: HungUp) -> None:
        """Give up the place, or free the agent. A caller who was cut off may return to the place."""
        scratch = turn.scratch_as(TransferScratch)
        if scratch.state in ("wait", "ring"):
            leave(turn, "gone")
        elif gone.dialled and scratch.left is not None:  # the caller ended the talk with the desk
            self._note_dialled(turn, gone.dialled)


def _desks(turn: Turn, desk: str) -> list[str]:
    """Return a desk and those that help it out."""
    first = turn.line.desks.get(desk)
    return [desk, *(name.name for name in (first.overflow if first else ()))]


def _with_proof(turn: Turn) -> TransferScratch:
    """Return the scratch with the proved identity, which is kept while the line is with an agent."""
    scratch = turn.scratch_as(TransferScratch)
    return replace(scratch, level=turn.level, customer=turn.call.identity.customer)


def _renew(turn: Turn) -> None:
    """Renew the proof after a conversation of any length, because no other caller had the line meanwhile."""
    scratch = turn.scratch_as(TransferScratch)
    if scratch.level:
        turn.verified(scratch.level, scratch.customer)
